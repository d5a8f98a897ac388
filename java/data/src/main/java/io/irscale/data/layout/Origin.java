package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a data set is from: who made it, and what the names of its files say. */
sealed interface Origin permits HitUav, Kaist, FlirAdas, FlirAdasV1, Llvip, M3fd, Msrs, OwnImages {
    /** What it is called. */
    String name();

    /** Who made it and under which terms, in one line. */
    String source(Path folder);

    /** What captions are written from; see {@link io.irscale.data.Captions}. */
    String template();

    /** Whether most of a folder's infrared images are of it. */
    default boolean fits(Listing listing) {
        long own = listing.images().stream()
                .filter(image -> facts(image).isPresent())
                .count();
        return 2 * own > listing.images().size();
    }

    /** Of the forms in which it comes, several in a folder, one; the others get a note. */
    default Listing choose(Listing listing) {
        return listing;
    }

    /** What is known of an image by its name; empty for one that is not of the set. */
    Optional<Facts> facts(Item image);

    /** Its annotations in forms of its own. */
    default List<Annotations> annotations(Listing listing) {
        return List.of();
    }

    /** What its category is called in other data sets. */
    default String category(String own) {
        return own;
    }

    /**
     * What a name says.
     *
     * @param group of images that look alike, such as a video
     * @param attributes such as {@code time} to {@code night}
     */
    record Facts(String group, Map<String, String> attributes) {}

    /** Attributes with the part that the folders name, if they name one. */
    static Map<String, String> split(Item image, Map<String, String> attributes) {
        return Folders.split(image.folders())
                .map(split -> {
                    Map<String, String> all = new HashMap<>(attributes);
                    all.put("split", split);
                    return Map.copyOf(all);
                })
                .orElse(attributes);
    }
}
