package io.irscale.search;

import io.irscale.denoise.FlowSchedule;

/** What all candidates of one search share. Closed on the device thread when its search has ended. */
public interface Conditioning extends AutoCloseable {
    /** The prompt, for the verifiers. */
    String prompt();

    /** The noise levels. */
    FlowSchedule schedule();

    /**
     * Forwards that one candidate's evaluation at {@code step} costs: 2 with a negative prompt, and the backward pass of
     * full gradient guidance counts as 2 more for each.
     */
    int forwards(int step);

    /** Verifier gradients that one candidate's evaluation at {@code step} costs. */
    int gradients(int step);

    /** Rows of conditionings with equal keys can share a batch. */
    Object batchKey();

    @Override
    void close();
}
