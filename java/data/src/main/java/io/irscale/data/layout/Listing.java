package io.irscale.data.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What lies in a data set's folder, in the order of names. Immutable.
 *
 * @param folder as it was given
 * @param images those that are read
 * @param others all files that are no images
 * @param places every image that was found, read or not, by the real path of its folder and its own name
 * @param notes a line for what was left out or chosen
 */
record Listing(Path folder, List<Item> images, List<Item> others, Map<Path, Item> places, List<String> notes) {
    /** Copies the lists. */
    Listing {
        images = List.copyOf(images);
        others = List.copyOf(others);
        notes = List.copyOf(notes);
    }

    /** The same with some of the images alone, and notes that say why. */
    Listing keep(Predicate<Item> kept, List<String> why) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(why);
        return new Listing(folder, images.stream().filter(kept).toList(), others, places, all);
    }

    /** The same with more images, from outside of the folder. */
    Listing with(List<Item> outside) {
        List<Item> all = new ArrayList<>(images);
        all.addAll(outside);
        all.sort(Comparator.comparing(Item::name));
        return new Listing(folder, all, others, places, notes);
    }

    /** The files with an ending, such as {@code .xml}. */
    List<Item> others(String ending) {
        return others.stream().filter(file -> file.ending().equals(ending)).toList();
    }

    /** The image that lies at a path, however it is spelled and through whichever links; one that is left out as well. */
    Optional<Item> image(Path path) {
        try {
            Path file = path.toAbsolutePath().getFileName();
            if (file == null || !Files.isRegularFile(path)) {
                return Optional.empty();
            }
            // resolve and not resolveSibling: "x/../a" leaves a link by its target.
            Path folderOf = path.toAbsolutePath().getParent();
            Item named =
                    folderOf == null ? null : places.get(folderOf.toRealPath().resolve(file));
            return Optional.ofNullable(named == null ? places.get(path.toRealPath()) : named);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The file that a text names from a folder, also with the backslashes of Windows, or with accents composed as another
     * system spells them; empty if there is none.
     */
    static Optional<Path> named(Path from, String text) {
        return Stream.of(
                        text,
                        text.replace('\\', '/'),
                        Normalizer.normalize(text, Normalizer.Form.NFC),
                        Normalizer.normalize(text, Normalizer.Form.NFD))
                .flatMap(spelled -> {
                    try {
                        return Stream.of(from.resolve(spelled));
                    } catch (InvalidPathException e) {
                        return Stream.of();
                    }
                })
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
