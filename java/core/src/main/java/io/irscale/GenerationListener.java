package io.irscale;

import io.irscale.search.SearchListener;
import java.util.List;

/** Follows a request from its prompt on. What it throws ends the search. */
public interface GenerationListener extends SearchListener {
    /** Hears nothing. */
    GenerationListener NONE = new GenerationListener() {
        @Override
        public boolean wantsImages() {
            return false;
        }
    };

    @Override
    default boolean wantsImages() {
        return true;
    }

    /** CLIP reads the prompt's beginning only; {@code cut} is what it does not see (T5 may). On the device thread. */
    default void promptCut(String encoder, String cut) {}

    /** The prompt has words that are not in an encoder's vocabulary: it sees nothing of what they say. On the device thread. */
    default void promptUnknown(String encoder, List<String> words) {}
}
