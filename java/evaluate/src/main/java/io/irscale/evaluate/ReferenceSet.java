package io.irscale.evaluate;

import java.util.Optional;

/**
 * What generated images are compared with.
 *
 * @param source what the features were made of
 * @param moments of the features
 * @param features of the images; empty where mean and covariance alone are known
 */
public record ReferenceSet(FeatureSource source, Moments moments, Optional<Features> features) {
    /**
     * Computes the moments.
     *
     * @throws io.irscale.error.InvalidInputException if there are fewer than 2 images
     */
    public static ReferenceSet of(FeatureSource source, Features features) {
        return new ReferenceSet(source, Moments.of(features), Optional.of(features));
    }
}
