package io.irscale.evaluate;

/**
 * What features were made of: distances mean something only between features of one encoder behind one preprocessing.
 *
 * @param encoder its name
 * @param weights SHA-256 of its weights, see {@link WeightsHash}
 * @param preprocessing from pixels to the encoder's input: resize, crop, normalisation
 * @param dataset the images, such as a data set, its split and the step between frames
 */
public record FeatureSource(String encoder, String weights, String preprocessing, String dataset) {
    /** Features that {@code encoder} makes of {@code dataset}. */
    public static FeatureSource of(FeatureEncoder encoder, String dataset) {
        return new FeatureSource(encoder.name(), encoder.weights(), encoder.preprocessing(), dataset);
    }
}
