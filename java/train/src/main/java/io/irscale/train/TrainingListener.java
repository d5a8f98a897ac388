package io.irscale.train;

import java.util.Map;

/** What a run says while it goes on. */
public interface TrainingListener {
    /** Says nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /** A run that goes on from a checkpoint has so many steps behind it. */
    default void resumed(long step) {}

    /**
     * A run goes on where it rounds otherwise than before, on another processor or libtorch or with other threads: it will
     * not end with the very weights of an uninterrupted run.
     */
    default void roundsOtherwise(String before, String now) {}

    /** So many steps are done; {@code losses} are means of the last one. */
    default void stepped(long done, Map<String, Double> losses) {}

    /** A validation after so many steps. */
    default void validated(long done, Map<String, Double> losses) {}

    /** Whether to stop after the step at hand, with a checkpoint. */
    default boolean isCancelled() {
        return false;
    }
}
