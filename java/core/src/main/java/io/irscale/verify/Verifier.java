package io.irscale.verify;

import io.irscale.tensor.Tensor;
import java.util.List;

/**
 * Scores images where they are, on the device; higher is better. Called and closed on the engine's device thread. A
 * verifier that works on host memory is an {@link ImageVerifier}.
 */
public interface Verifier extends AutoCloseable {
    /** A short name for reports. */
    String name();

    /**
     * Scores a batch.
     *
     * @param images (N, 3, H, W) in [0, 1], any dtype, on the engine's device; borrowed
     * @param prompts N, one a row
     * @return N scores, in the order of the rows; one that is not finite ranks its candidate last
     */
    float[] score(Tensor images, List<String> prompts);

    @Override
    void close();
}
