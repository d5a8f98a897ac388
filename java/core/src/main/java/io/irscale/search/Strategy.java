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
     * Finds out, before any compute, whether the settings fit the steps and the budget.
     *
     * @throws io.irscale.error.InvalidInputException if they do not, naming the setting, its value and the limit
     */
    default void check(Outlook outlook) {}

    /** Forwards without which not one candidate is finished; a smaller budget is refused before any compute. */
    default long leastForwards(Outlook outlook) {
        return outlook.cost(0, outlook.steps());
    }

    /** Whether it chooses by score, and so needs a verifier. */
    default boolean needsVerifier() {
        return true;
    }
}
