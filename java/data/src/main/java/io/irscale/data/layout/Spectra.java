package io.irscale.data.layout;

import io.irscale.data.Spectrum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which images of a folder are infrared, where it holds others as well: folders side by side, {@code infrared} and
 * {@code visible}, {@code images_thermal_train} and {@code images_rgb_train}, or files side by side, {@code 1_ir.png} and
 * {@code 1_vis.png}. The visible ones are left out. So are, beside the images they belong to, counts of 16 bits beside
 * pictures of 8, drawings of the annotations, and segmentations.
 */
final class Spectra {
    private static final Set<String> SEGMENTATION =
            Set.of("segmentation", "label", "labels", "mask", "masks", "class", "object");

    private Spectra() {}

    private static boolean isSegmentation(String name) {
        return Spectrum.words(name).contains("segmentation") && SEGMENTATION.containsAll(Spectrum.words(name));
    }

    /** The infrared ones of the images, with a note of what was chosen. */
    static Listing infrared(Listing listing) {
        Listing left = withoutFolders(
                listing,
                Spectra::isSegmentation,
                name -> !isSegmentation(name),
                "%s is left out, as pictures of labels (%s)");
        left = withoutFolders(
                left,
                name -> Spectrum.words(name).contains("annotated"),
                name -> !Spectrum.words(name).contains("annotated") && Spectrum.isInfrared(name),
                "%s is left out, as drawings of annotations (%s)");
        left = withoutFolders(
                left,
                name -> Spectrum.words(name).containsAll(Set.of("16", "bit")),
                name -> Spectrum.words(name).containsAll(Set.of("8", "bit")),
                "%s is left out beside pictures of 8 bits (%s): to read its counts, name that folder and a --range");
        return withoutFiles(withoutFolders(left, Spectrum::isVisible, Spectrum::isInfrared, ""));
    }

    /** Leaves folders out where others lie beside them; a folder of the same name that lies alone goes with them. */
    private static Listing withoutFolders(
            Listing listing, Predicate<String> out, Predicate<String> beside, String note) {
        Map<String, Set<String>> inner = new HashMap<>();
        for (Item image : listing.images()) {
            List<String> folders = image.folders();
            StringBuilder parent = new StringBuilder();
            for (String folder : folders) {
                inner.computeIfAbsent(parent.toString(), path -> new TreeSet<>())
                        .add(folder);
                parent.append(folder).append('/');
            }
        }
        Set<String> names = new HashSet<>();
        Set<String> read = new TreeSet<>();
        for (Set<String> folders : inner.values()) {
            List<String> others = folders.stream().filter(beside).toList();
            List<String> left = folders.stream().filter(out).toList();
            if (!others.isEmpty() && !left.isEmpty()) {
                names.addAll(left);
                read.addAll(others);
            }
        }
        Map<String, Integer> counts = new TreeMap<>();
        Predicate<Item> isOut = image -> image.folders().stream().anyMatch(names::contains);
        listing.images().stream()
                .filter(isOut)
                .forEach(image -> counts.merge(
                        image.folders().stream()
                                .filter(names::contains)
                                .findFirst()
                                .orElse(""),
                        1,
                        Integer::sum));
        List<String> notes = new ArrayList<>();
        counts.forEach((name, count) -> notes.add(
                note.isEmpty()
                        ? "%s/ %s read and %s/ is left out (%s)"
                                .formatted(
                                        String.join("/, ", read),
                                        read.size() == 1 ? "is" : "are",
                                        name,
                                        Count.of(count, "image"))
                        : note.formatted(name + "/", Count.of(count, "image"))));
        return listing.keep(isOut.negate(), notes);
    }

    private static Listing withoutFiles(Listing listing) {
        Map<String, Set<String>> visible = new HashMap<>();
        Map<String, Set<String>> infrared = new HashMap<>();
        for (Item image : listing.images()) {
            if (Spectrum.isVisible(image.stem()) || Spectrum.isInfrared(image.stem())) {
                (Spectrum.isVisible(image.stem()) ? visible : infrared)
                        .computeIfAbsent(image.folder(), folder -> new HashSet<>())
                        .add(Spectrum.scene(image.stem()));
            }
        }
        Set<String> mixed = visible.entrySet().stream()
                .filter(folder -> infrared.getOrDefault(folder.getKey(), Set.of()).stream()
                        .anyMatch(folder.getValue()::contains))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        List<Item> out = listing.images().stream()
                .filter(image -> mixed.contains(image.folder()) && Spectrum.isVisible(image.stem()))
                .toList();
        if (out.isEmpty()) {
            return listing;
        }
        return listing.keep(
                Predicate.not(Set.copyOf(out)::contains),
                List.of("left out: %s of visible light beside infrared ones, such as %s"
                        .formatted(Count.of(out.size(), "image"), out.getFirst().name())));
    }
}
