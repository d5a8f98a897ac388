package io.irscale.search;

/** Why a search ended. */
public enum Stop {
    /** The strategy's settings were met. */
    DONE,
    /** No forwards were left for more. */
    FORWARDS,
    /** No verifier calls were left for more. */
    CALLS,
    /** Time was over. */
    TIME,
    /** A candidate was good enough. */
    SCORE
}
