package io.irscale.verify;

import io.irscale.tensor.Tensor;

/** Scores images against a prompt; higher is better. Called on the engine's device thread. */
public interface Verifier extends AutoCloseable {
    /** A short name for reports. */
    String name();

    /**
     * Scores a batch.
     *
     * @param images (N, 3, H, W) in [0, 1], any dtype, on the engine's device; borrowed
     * @return N scores, in the order of the rows
     */
    float[] score(Tensor images, String prompt);

    @Override
    void close();
}
