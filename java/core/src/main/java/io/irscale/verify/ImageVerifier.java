package io.irscale.verify;

import io.irscale.decode.Image;
import java.util.List;

/**
 * Scores images in host memory; higher is better. For verifiers that are not tensors in, tensors out: Java code of a
 * user's, a process, a service. Called on the thread that searches, never on the engine's device thread, one call at a
 * time.
 */
public interface ImageVerifier extends AutoCloseable {
    /** A short name for reports. */
    String name();

    /**
     * Scores images.
     *
     * @param asked any number of them, ids different
     * @return as many scores, in the same order; one that is not finite ranks its candidate last
     */
    float[] score(List<Asked> asked);

    @Override
    void close();

    /**
     * What is to be scored.
     *
     * @param id the candidate's
     * @param image as it would be saved
     * @param prompt what the image should show
     */
    record Asked(int id, Image image, String prompt) {}
}
