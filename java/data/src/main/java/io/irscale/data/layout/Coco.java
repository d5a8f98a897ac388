package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Annotations of COCO in any {@code *.json} of a data set: its images are found by their paths from the file's folder, else
 * by the ends of their paths; of several such images it is the one that lies nearest to the file, or in a folder that
 * the file is named after. Several files, such as one for training and one for validation, stand together; of two that name
 * an image the first by name counts. Crowds and what has no box are not read.
 */
record Coco(Map<Item, List<Box>> images, List<String> notes) implements Annotations {
    /**
     * Reads those of a data set.
     *
     * @throws InvalidInputException if a file is not of the form, or names none of the images
     */
    static Coco of(Listing listing) {
        Set<String> beside = listing.images().stream()
                .map(image -> BesideText.beside(image, ".json"))
                .collect(Collectors.toSet());
        List<String> others = new ArrayList<>();
        Map<String, List<Item>> byName = listing.places().values().stream()
                .sorted(Comparator.comparing(Item::name))
                .collect(Collectors.groupingBy(Item::file));
        Set<Item> read = new HashSet<>(listing.images());
        Map<Item, List<Box>> images = new HashMap<>();
        List<String> notes = new ArrayList<>();
        for (Item file : listing.others(".json")) {
            Optional<CocoFile> coco = beside.contains(file.name()) ? Optional.empty() : CocoFile.read(file.path());
            coco.ifPresentOrElse(
                    found -> add(listing, file, found, byName, read, images, notes), () -> others.add(file.name()));
        }
        if (!others.isEmpty()) {
            notes.add("left out: %d *.json without images and annotations of COCO, such as %s"
                    .formatted(others.size(), others.getFirst()));
        }
        return new Coco(images, notes);
    }

    private static void add(
            Listing listing,
            Item file,
            CocoFile coco,
            Map<String, List<Item>> byName,
            Set<Item> read,
            Map<Item, List<Box>> images,
            List<String> notes) {
        List<String> missing = new ArrayList<>();
        Set<Item> own = new HashSet<>();
        List<Item> again = new ArrayList<>();
        coco.boxes()
                .forEach((name, boxes) -> find(listing, file, name, byName)
                        .ifPresentOrElse(
                                image -> {
                                    if (!own.add(image)) {
                                        throw new InvalidInputException(
                                                "%s: names %s again".formatted(file.path(), image.path()));
                                    }
                                    if (read.contains(image)) {
                                        images.computeIfAbsent(image, none -> new ArrayList<>())
                                                .addAll(boxes);
                                    }
                                },
                                () -> missing.add(Reason.line(name))));
        if (own.isEmpty() && !missing.isEmpty() && file.folders().stream().noneMatch(Spectra::isVisible)) {
            throw new InvalidInputException("%s: names %s, which is not a file in %s, and no other image of it"
                    .formatted(file.path(), missing.getFirst(), listing.folder()));
        }
        if (!missing.isEmpty()) {
            notes.add("%s: %d of its %d images are not there, such as %s"
                    .formatted(file.name(), missing.size(), coco.boxes().size(), missing.getFirst()));
        }
        if (!again.isEmpty()) {
            notes.add("left out: %s of %s that a file before it names, such as %s"
                    .formatted(
                            Count.of(again.size(), "image"),
                            file.name(),
                            again.getFirst().name()));
        }
        if (coco.left() > 0) {
            notes.add("left out: %s of %s, of crowds or without a box"
                    .formatted(Count.of(coco.left(), "annotation"), file.name()));
        }
    }

    private static Optional<Item> find(Listing listing, Item file, String name, Map<String, List<Item>> byName) {
        Optional<Item> exact = Optional.ofNullable(file.path().toAbsolutePath().getParent())
                .flatMap(folder -> Listing.named(folder, name))
                .flatMap(listing::image);
        if (exact.isPresent()) {
            return exact;
        }
        if (file.folders().stream().anyMatch(Spectra::isVisible)) {
            return Optional.empty();
        }
        String slashed = "/" + name.replace('\\', '/').replaceFirst("^(\\./)+", "");
        List<Item> named = byName.getOrDefault(slashed.substring(slashed.lastIndexOf('/') + 1), List.of());
        return nearest(
                        file,
                        named.stream()
                                .filter(image -> ("/" + image.name()).endsWith(slashed))
                                .toList())
                .or(() -> nearest(file, named));
    }

    /** The one that shares the most folders with the file, or of such ones lies in a folder it is named after. */
    private static Optional<Item> nearest(Item file, List<Item> images) {
        ToIntFunction<Item> nearness =
                image -> 2 * shared(file.folders(), image.folders()) + (isNamedAfter(file, image) ? 1 : 0);
        int most = images.stream().mapToInt(nearness).max().orElse(0);
        List<Item> best = images.stream()
                .filter(image -> nearness.applyAsInt(image) == most)
                .toList();
        return best.size() == 1 ? Optional.of(best.getFirst()) : Optional.empty();
    }

    private static int shared(List<String> some, List<String> others) {
        int count = 0;
        while (count < Math.min(some.size(), others.size()) && some.get(count).equals(others.get(count))) {
            count++;
        }
        return count;
    }

    /** {@code annotations/instances_train2017.json} is about {@code train2017/}. */
    private static boolean isNamedAfter(Item file, Item image) {
        List<String> words = List.of(file.stem().split("[^\\p{Alnum}]+"));
        return image.folders().stream().anyMatch(words::contains);
    }

    @Override
    public String form() {
        return "COCO";
    }

    @Override
    public boolean knows(Item image) {
        return images.containsKey(image);
    }

    @Override
    public List<Box> boxes(Item image) {
        return images.getOrDefault(image, List.of());
    }
}
