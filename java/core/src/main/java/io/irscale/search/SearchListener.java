package io.irscale.search;

import io.irscale.decode.Image;

/** Follows a search. What it throws ends the search. */
public interface SearchListener {
    /** Hears nothing. */
    SearchListener NONE = new SearchListener() {};

    /** {@code forwards} are behind, {@code best} is the best score so far (NaN before any). On the device thread. */
    default void progress(long forwards, double best) {}

    /** The device ran out of memory; it goes on with {@code rows} candidates at a time. On the device thread. */
    default void smallerBatch(int rows) {}

    /** Whether {@link #previewed} shall be called; copying images costs a little. */
    default boolean wantsPreviews() {
        return false;
    }

    /** A candidate's x0 on the way was scored. On the search's thread. */
    default void previewed(Candidate candidate, double score, Image image) {}

    /** Whether {@link #finished} shall be called. */
    default boolean wantsImages() {
        return false;
    }

    /** A candidate is finished, and scored where there is a verifier. On the search's thread. */
    default void finished(Scored scored, Image image) {}
}
