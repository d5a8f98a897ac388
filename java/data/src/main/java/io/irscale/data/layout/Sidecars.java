package io.irscale.data.layout;

import io.irscale.data.Spectrum;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the file of annotations that belongs to an image: {@code NAME.xml} beside {@code NAME.png}, or in a folder of
 * annotations that lies beside or above the image's own, {@code Annotations/train/NAME.xml} for
 * {@code infrared/train/NAME.png}. The folders inside must be the image's too. A file that lies elsewhere is taken where it
 * and the image alone have the name.
 *
 * @param files by image
 * @param notes where one file fits several images, which have none then
 */
record Sidecars(Map<Item, Item> files, List<String> notes) {
    /**
     * What files may be called and where they may lie.
     *
     * @param endings of the files
     * @param beside those of the endings that a file may have that lies beside the image
     * @param folder the names of folders of annotations
     * @param preference of a folder's name where several have a file for an image: the least counts
     * @param naming what an image is called in them
     */
    record Rule(
            Set<String> endings,
            Set<String> beside,
            Pattern folder,
            ToIntFunction<String> preference,
            Function<Item, Naming> naming) {
        /** Files of an ending that are called as the image is; what is named after visible light counts last. */
        static Rule of(String ending, boolean beside, String folder) {
            return new Rule(
                    Set.of(ending),
                    beside ? Set.of(ending) : Set.of(),
                    Pattern.compile(folder),
                    name -> Spectrum.isVisible(name) ? 1 : 0,
                    image -> new Naming(List.of(image.stem()), image.folders()));
        }
    }

    /**
     * What an image is called by its annotations.
     *
     * @param stems names without ending
     * @param folders that it lies in
     */
    record Naming(List<String> stems, List<String> folders) {}

    /** A file of annotations: the folders above that of annotations, the name of this, and the folders in it. */
    private record Candidate(Item file, List<String> above, String folder, List<String> inside) {
        boolean fits(Naming names) {
            return isBelow(names.folders())
                    && isSubsequence(
                            inside,
                            names.folders()
                                    .subList(above.size(), names.folders().size()));
        }

        /** Where an image may look for it: its name, the folders above, and the last of the folders inside. */
        String place() {
            return place(file.stem(), above, inside.isEmpty() ? "" : inside.getLast());
        }

        static String place(String stem, List<String> above, String last) {
            return String.join("/", above) + "//" + last + "//" + stem;
        }

        private boolean isBelow(List<String> folders) {
            return folders.size() >= above.size()
                    && folders.subList(0, above.size()).equals(above);
        }

        private static boolean isSubsequence(List<String> some, List<String> all) {
            int found = 0;
            for (String one : all) {
                found += found < some.size() && some.get(found).equals(one) ? 1 : 0;
            }
            return found == some.size();
        }
    }

    static Sidecars of(Listing listing, Rule rule) {
        Map<String, Item> beside = new HashMap<>();
        List<Candidate> apart = new ArrayList<>();
        listing.others().stream()
                .filter(file -> rule.endings().contains(file.ending()))
                .forEach(file -> candidate(file, rule.folder()).ifPresentOrElse(apart::add, () -> {
                    if (rule.beside().contains(file.ending())) {
                        beside.putIfAbsent(BesideText.beside(file, ""), file);
                    }
                }));
        Map<String, List<Candidate>> byPlace = apart.stream().collect(Collectors.groupingBy(Candidate::place));
        Map<String, List<Candidate>> byStem =
                apart.stream().collect(Collectors.groupingBy(file -> file.file().stem()));
        Map<String, Long> stems =
                listing.places().values().stream().collect(Collectors.groupingBy(Item::stem, Collectors.counting()));
        Map<Item, Item> files = new HashMap<>();
        for (Item image : listing.images()) {
            Naming names = rule.naming().apply(image);
            Optional.ofNullable(beside.get(BesideText.beside(image, "")))
                    .or(() -> fitting(rule, byPlace, names))
                    .or(() -> stems.getOrDefault(image.stem(), 0L) == 1 ? only(byStem, names) : Optional.empty())
                    .ifPresent(file -> files.put(image, file));
        }
        return unique(files);
    }

    private static Optional<Candidate> candidate(Item file, Pattern annotations) {
        List<String> folders = file.folders();
        return IntStream.range(0, folders.size())
                .filter(i -> annotations.matcher(folders.get(i)).matches())
                .boxed()
                .findFirst()
                .map(i -> new Candidate(
                        file,
                        folders.subList(0, i),
                        String.join("/", folders.subList(i, folders.size())),
                        folders.subList(i, folders.size()).stream()
                                .filter(folder -> !annotations.matcher(folder).matches())
                                .toList()));
    }

    private static Optional<Item> fitting(Rule rule, Map<String, List<Candidate>> byPlace, Naming names) {
        List<String> lasts = Stream.concat(Stream.of(""), names.folders().stream())
                .distinct()
                .toList();
        return names.stems().stream()
                .flatMap(stem -> IntStream.rangeClosed(0, names.folders().size())
                        .mapToObj(depth -> names.folders().subList(0, depth))
                        .flatMap(above -> lasts.stream().map(last -> Candidate.place(stem, above, last))))
                .flatMap(place -> byPlace.getOrDefault(place, List.of()).stream())
                .filter(file -> file.fits(names))
                .min(Comparator.comparingInt((Candidate file) -> -file.above().size())
                        .thenComparingInt(file -> rule.preference().applyAsInt(file.folder()))
                        .thenComparingInt(file -> -file.inside().size())
                        .thenComparing(file -> file.file().name()))
                .map(Candidate::file);
    }

    private static Optional<Item> only(Map<String, List<Candidate>> byStem, Naming names) {
        List<Item> named = names.stems().stream()
                .distinct()
                .flatMap(stem -> byStem.getOrDefault(stem, List.of()).stream())
                .limit(2)
                .map(Candidate::file)
                .toList();
        return named.size() == 1 && named.getFirst().folders().stream().noneMatch(Spectrum::isVisible)
                ? Optional.of(named.getFirst())
                : Optional.empty();
    }

    private static Sidecars unique(Map<Item, Item> files) {
        Set<Item> once = new HashSet<>();
        Set<Item> twice =
                files.values().stream().filter(file -> !once.add(file)).collect(Collectors.toSet());
        if (twice.isEmpty()) {
            return new Sidecars(files, List.of());
        }
        files.values().removeIf(twice::contains);
        String first = twice.stream().map(Item::name).sorted().findFirst().orElse("");
        return new Sidecars(
                files,
                List.of("left out: %s of annotations that fit several images, such as %s"
                        .formatted(Count.of(twice.size(), "file"), first)));
    }
}
