package io.irscale.search;

/**
 * A way to spend compute: straight-line code over the moves of a {@link Search}, run on a virtual thread of its own. It
 * keeps no state between runs; its settings were checked when it was made.
 */
public interface Strategy {
    /** Its name on the command line and in reports. */
    String name();

    /**
     * Searches until its settings are met or the budget is spent. The search keeps the best of all that were scored and
     * frees what is left, so there is nothing to return.
     */
    void run(Search search);

    /**
     * Forwards without which not one candidate is finished, checked against the budget before any compute.
     *
     * @param search tells steps and costs; nothing may be moved
     */
    default long leastForwards(Search search) {
        return search.cost(0, search.steps());
    }

    /** Whether it chooses by score, and so needs a verifier. */
    default boolean needsVerifier() {
        return true;
    }
}
