package io.irscale.search;

/** Why a search ended. */
public enum Stop {
    /** The strategy's settings were met. */
    DONE("the strategy ended"),
    /** No forwards were left for more. */
    FORWARDS("no forwards were left"),
    /** No verifier calls were left for more. */
    CALLS("no verifier calls were left"),
    /** Time was over. */
    TIME("time was over"),
    /** A candidate was good enough. */
    SCORE("a score was reached");

    private final String words;

    Stop(String words) {
        this.words = words;
    }

    /** What happened, as the beginning of a sentence. */
    public String words() {
        return words;
    }
}
