package io.irscale;

import io.irscale.search.Scored;

/** Follows a generation, on the device thread. What it throws ends the generation. */
public interface GenerationListener {
    /** Hears nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /** CLIP reads the prompt's beginning only; {@code cut} is what it does not see (T5 may). */
    default void promptCut(String encoder, String cut) {}

    /** {@code done} of {@code total} transformer forwards are behind. */
    default void progress(long done, long total) {}

    /** The device ran out of memory; it goes on with {@code rows} candidates at a time. */
    default void smallerBatch(int rows) {}

    /** A candidate is finished; images come in order of candidate id, before the ranking is known. */
    default void image(Scored scored, Image image) {}
}
