package io.irscale.data.layout;

import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The texts beside images, {@code NAME.txt} and {@code NAME.caption} beside {@code NAME.png}, as the trainers of LoRAs have
 * them. A text whose lines are all labels of YOLO is none, and one of Dollar's toolbox is none either. An empty one says nothing,
 * or where all other {@code .txt} of its folder are labels that there are no objects. Lines are joined by blanks.
 *
 * @param captions by image
 * @param labels the files with labels, empty ones for images without objects among them, by image
 * @param toolbox the files of Dollar's toolbox, by image
 * @param notes where an image has two captions
 */
record BesideText(Map<Item, String> captions, Map<Item, Item> labels, Map<Item, Item> toolbox, List<String> notes) {
    /**
     * Reads those of a data set.
     *
     * @throws InvalidInputException if one is not UTF-8 or too long
     */
    static BesideText of(Listing listing) {
        Map<String, Item> byName = listing.others().stream().collect(Collectors.toMap(Item::name, file -> file));
        Map<Item, String> captions = new HashMap<>();
        Map<Item, Item> labels = new HashMap<>();
        Map<Item, Item> toolbox = new HashMap<>();
        Map<Item, Item> empty = new HashMap<>();
        Set<String> captioned = new HashSet<>();
        List<String> notes = new ArrayList<>();
        for (Item image : listing.images()) {
            Optional.ofNullable(byName.get(beside(image, ".txt"))).ifPresent(file -> {
                String text = TextFile.read(file.path(), TextFile.SMALL);
                if (text.isBlank()) {
                    empty.put(image, file);
                } else if (Yolo.isLabels(text)) {
                    labels.put(image, file);
                } else if (text.startsWith(BbGt.HEADER)) {
                    toolbox.put(image, file);
                } else {
                    captions.put(image, joined(text));
                    captioned.add(image.folder());
                }
            });
            Optional.ofNullable(byName.get(beside(image, ".caption")))
                    .map(file -> joined(TextFile.read(file.path(), TextFile.SMALL)))
                    .filter(text -> !text.isEmpty())
                    .ifPresent(text -> {
                        String other = captions.putIfAbsent(image, text);
                        if (other != null && !other.equals(text)) {
                            notes.add("%s: its .txt is read and its .caption is left out".formatted(image.name()));
                        }
                    });
        }
        Set<String> labelled = labels.keySet().stream().map(Item::folder).collect(Collectors.toSet());
        labelled.removeAll(captioned);
        empty.forEach((image, file) -> {
            if (labelled.contains(image.folder())) {
                labels.put(image, file);
            }
        });
        return new BesideText(captions, labels, toolbox, firstOf(notes));
    }

    private static List<String> firstOf(List<String> notes) {
        return notes.size() < 2
                ? notes
                : List.of("%s (and %d more images)".formatted(notes.getFirst(), notes.size() - 1));
    }

    /** The name of the file with another ending that lies beside one. */
    static String beside(Item image, String ending) {
        return (image.folder().isEmpty() ? "" : image.folder() + "/") + image.stem() + ending;
    }

    private static String joined(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining(" "));
    }
}
