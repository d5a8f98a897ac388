package io.irscale.data.shard;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which of the images of one scene is the infrared one, by their names. */
public final class Spectrum {
    private static final Set<String> INFRARED =
            Set.of("ir", "infrared", "thermal", "lwir", "mwir", "tir", "fir", "flir");
    private static final Set<String> VISIBLE = Set.of("vis", "visible", "rgb", "color", "colour", "vi", "tv");

    private Spectrum() {}

    /** The name that says infrared; empty unless exactly one does. */
    public static Optional<String> infrared(Collection<String> names) {
        List<String> found = names.stream().filter(Spectrum::isInfrared).toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** Whether a name says infrared. */
    public static boolean isInfrared(String name) {
        return says(name, INFRARED);
    }

    /** Whether a name says visible light, and not infrared. */
    public static boolean isVisible(String name) {
        return says(name, VISIBLE) && !isInfrared(name);
    }

    // Whole words: "mirror" says nothing of infrared.
    private static boolean says(String name, Set<String> words) {
        return Arrays.stream(name.split("[^A-Za-z]+|(?<=[a-z])(?=[A-Z])"))
                .map(word -> word.toLowerCase(Locale.ROOT))
                .anyMatch(words::contains);
    }
}
