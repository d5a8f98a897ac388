package io.irscale.search;

/** What a search will have to work with: known before any compute. */
public interface Outlook {
    /** Steps of the schedule. */
    int steps();

    /** The noise level before {@code step}: 1 at step 0, 0 at {@link #steps}. */
    double level(int step);

    /** The first step whose level is at most {@code t}. */
    default int stepAt(double t) {
        int step = 0;
        while (level(step) > t) {
            step++;
        }
        return step;
    }

    /** Forwards that taking one candidate from step to step costs, when its velocity is not there yet. */
    long cost(int fromStep, int toStep);

    /** Forwards left, {@link Long#MAX_VALUE} without such a budget. */
    long forwardsLeft();

    /** Verifier calls left, {@link Long#MAX_VALUE} without such a budget. */
    long callsLeft();

    /** Whether forwards or verifier calls are limited, so that sizes can follow from what is left. */
    default boolean metered() {
        return forwardsLeft() < Long.MAX_VALUE || callsLeft() < Long.MAX_VALUE;
    }

    /** Whether forwards, verifier calls or time end the search: rounds are then repeated until they do. */
    boolean bounded();
}
