package io.irscale.data;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which light an image shows, by the whole words of its name or its folder's: "mirror" says nothing of infrared. */
public final class Spectrum {
    private static final Set<String> INFRARED =
            Set.of("infrared", "ir", "lwir", "mwir", "swir", "nir", "tir", "thermal", "inf", "fir", "t", "previewdata");
    private static final Set<String> VISIBLE =
            Set.of("visible", "vis", "vi", "rgb", "color", "colour", "visual", "eo", "viz", "tv");

    private Spectrum() {}

    /** Whether a name says infrared, and not visible light. */
    public static boolean isInfrared(String name) {
        return says(name, INFRARED) && !says(name, VISIBLE);
    }

    /** Whether a name says visible light, and not infrared. */
    public static boolean isVisible(String name) {
        return says(name, VISIBLE) && !says(name, INFRARED);
    }

    /** The name that says infrared; empty unless exactly one does. */
    public static Optional<String> infrared(Collection<String> names) {
        List<String> found = names.stream().filter(Spectrum::isInfrared).toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** The words of a name, {@code images_rgb_train} or {@code RGBImages}, in small letters. */
    public static Set<String> words(String name) {
        return parts(name.replaceAll("(?<=\\p{Lower})(?=\\p{Upper})|(?<=\\p{Upper})(?=\\p{Upper}\\p{Lower})", "_"));
    }

    /** What images of one scene have in common: the parts of a name but for those that say which light. */
    public static String scene(String name) {
        Set<String> rest = new HashSet<>(parts(name));
        rest.removeAll(VISIBLE);
        rest.removeAll(INFRARED);
        return String.join(" ", new TreeSet<>(rest));
    }

    private static boolean says(String name, Set<String> some) {
        return Stream.concat(words(name).stream(), parts(name).stream()).anyMatch(some::contains);
    }

    // Between blanks and signs, in small letters and without a number at its end.
    private static Set<String> parts(String name) {
        return Arrays.stream(name.split("[^\\p{Alnum}]+"))
                .map(word -> word.toLowerCase(Locale.ROOT).replaceAll("(?<=\\p{Alpha})\\d+$", ""))
                .collect(Collectors.toSet());
    }
}
