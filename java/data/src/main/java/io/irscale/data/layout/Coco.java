package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.Spectrum;
import io.irscale.data.image.Reason;
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
final class Coco implements Annotations {
    // Of more images of one name none is told apart by the folders they share.
    private static final int NAMESAKES = 1000;

    private final Listing listing;
    private final Map<String, List<Item>> byName;
    private final Set<Item> read;
    private final Map<Item, List<Box>> images = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Coco(Listing listing) {
        this.listing = listing;
        byName = listing.places().values().stream()
                .sorted(Comparator.comparing(Item::name))
                .collect(Collectors.groupingBy(Item::file));
        read = Set.copyOf(listing.images());
    }

    /**
     * Reads those of a data set.
     *
     * @throws InvalidInputException if a file is not of the form, or names none of the images
     */
    static Coco of(Listing listing) {
        Coco all = new Coco(listing);
        Set<String> beside = listing.images().stream()
                .map(image -> BesideText.beside(image, ".json"))
                .collect(Collectors.toSet());
        List<String> others = new ArrayList<>();
        for (Item file : listing.others(".json")) {
            Optional<CocoFile> coco = beside.contains(file.name()) ? Optional.empty() : CocoFile.read(file.path());
            coco.ifPresentOrElse(found -> all.add(file, found), () -> others.add(file.name()));
        }
        if (!others.isEmpty()) {
            all.notes.add("left out: %d *.json without images and annotations of COCO, such as %s"
                    .formatted(others.size(), others.getFirst()));
        }
        return all;
    }

    private void add(Item file, CocoFile coco) {
        List<String> missing = new ArrayList<>();
        List<Item> again = new ArrayList<>();
        Set<Item> own = new HashSet<>();
        coco.boxes().forEach((name, boxes) -> {
            Optional<Item> image = find(file, name);
            if (image.isEmpty()) {
                missing.add(Reason.line(name));
            } else if (!own.add(image.get())) {
                throw new InvalidInputException(
                        "%s: names %s again".formatted(file.path(), image.get().path()));
            } else if (read.contains(image.get()) && images.putIfAbsent(image.get(), boxes) != null) {
                again.add(image.get());
            }
        });
        if (own.isEmpty() && !missing.isEmpty() && file.folders().stream().noneMatch(Spectrum::isVisible)) {
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

    private Optional<Item> find(Item file, String name) {
        Optional<Item> exact = Optional.ofNullable(file.path().toAbsolutePath().getParent())
                .flatMap(folder -> Listing.named(folder, name))
                .flatMap(listing::image);
        if (exact.isPresent()) {
            return exact;
        }
        String slashed = "/" + name.replace('\\', '/').replaceFirst("^(\\./)+", "");
        List<Item> named = byName.getOrDefault(slashed.substring(slashed.lastIndexOf('/') + 1), List.of());
        if (named.size() > NAMESAKES || file.folders().stream().anyMatch(Spectrum::isVisible)) {
            return Optional.empty();
        }
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

    @Override
    public List<String> notes() {
        return notes;
    }
}
