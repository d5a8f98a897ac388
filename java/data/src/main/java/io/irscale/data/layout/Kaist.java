package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.Spectrum;
import io.irscale.data.layout.Sidecars.Naming;
import io.irscale.data.layout.Sidecars.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * KAIST Multispectral Pedestrian (Hwang et al., CVPR 2015): 95,000 pairs of 640 x 480 from a car, CC BY-NC-SA 4.0.
 * {@code setXX/VYYY/lwir/IZZZZZ.jpg} or {@code .png}, in any folder, one set or video alone as well, or
 * {@code setXX_VYYY_lwir_IZZZZZ.png}, or with another word for infrared. Boxes are in files of the frames' names, in trees of sets and videos or as
 * {@code setXX_VYYY_IZZZZZ.txt}, in folders whose names have "annot" in them: {@code *.txt} of Dollar's toolbox or
 * {@code *.xml} in VOC. Of several such folders a frame's boxes are out of the first of these that knows it: paired,
 * sanitized, new or improved, original.
 *
 * <p>Time and place of each set are those of the dataset's own table. A video is a group.
 */
final class Kaist implements Origin {
    private static final Pattern NAME =
            Pattern.compile("(?:.*[/_])?(set(0\\d|1[01]))[/_](V\\d{3})[/_](?:.*[/_])?I\\d{5}(?:[_.].*)");
    private static final String ANNOTATIONS = "(?i).*annot.*";
    private static final List<String> RANKS = List.of("paired", "sanitized", "new", "improved");
    private static final List<String> PLACES = List.of("campus", "road", "downtown");

    @Override
    public String name() {
        return "KAIST";
    }

    @Override
    public String source(Path folder) {
        return "KAIST Multispectral Pedestrian, Hwang et al. 2015, CC BY-NC-SA 4.0: not for commercial use";
    }

    @Override
    public String template() {
        return "an infrared photo of a {place} scene at {time} from a car{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        Matcher name = NAME.matcher(image.full());
        if (!name.matches() || !isInfrared(image)) {
            return Optional.empty();
        }
        int number = Integer.parseInt(name.group(2));
        Map<String, String> attributes = Map.of(
                "time", number / 3 % 2 == 0 ? "day" : "night",
                "place", PLACES.get(number % 3),
                "split", number < 6 ? "train" : "test");
        return Optional.of(new Facts("KAIST %s/%s".formatted(name.group(1), name.group(3)), attributes));
    }

    // The set, the video, the spectrum and the frame, in any order and perhaps in the file's name alone.
    private static boolean isInfrared(Item image) {
        List<String> path = List.of(image.full().split("/"));
        return path.subList(Math.max(0, path.size() - 4), path.size()).stream().anyMatch(Spectrum::isInfrared);
    }

    @Override
    public List<Annotations> annotations(Listing listing) {
        Sidecars files = Sidecars.of(
                listing,
                new Rule(
                        Set.of(".txt", ".xml"),
                        Set.of(".xml"),
                        Pattern.compile(ANNOTATIONS),
                        Kaist::rank,
                        Kaist::naming));
        List<String> notes = new ArrayList<>(files.notes());
        List<Item> lying = Stream.of(".txt", ".xml")
                .flatMap(ending -> listing.others(ending).stream())
                .filter(file -> !tree(file).isEmpty())
                .toList();
        Map<String, Long> trees = files.files().values().stream()
                .collect(Collectors.groupingBy(Kaist::tree, TreeMap::new, Collectors.counting()));
        if (!trees.isEmpty() && lying.stream().map(Kaist::tree).distinct().count() > 1) {
            notes.add("of several folders of annotations these are read: "
                    + trees.entrySet().stream()
                            .map(used -> "%s/ (%s)"
                                    .formatted(used.getKey(), Count.of(Math.toIntExact(used.getValue()), "image")))
                            .collect(Collectors.joining(", ")));
        }
        if (!lying.isEmpty() && files.files().isEmpty() && !listing.images().isEmpty()) {
            Item image = listing.images().getFirst();
            notes.add(
                    "no annotations fit the images, such as %s: looked for %s.txt and *.xml under folders named *annot*"
                            .formatted(
                                    image.name(),
                                    String.join("/", naming(image).folders()) + "/"
                                            + naming(image).stems().getFirst()));
        }
        if (!listing.others(".vbb").isEmpty()) {
            notes.add("left out: %d *.vbb, which are MATLAB's; boxes are read from *.txt (bbGt) or *.xml (VOC)"
                    .formatted(listing.others(".vbb").size()));
        }
        return List.of(new Files(files.files(), notes));
    }

    /** The folder of annotations that a file lies in; empty for another file. */
    private static String tree(Item file) {
        return file.folders().stream()
                .filter(folder -> folder.matches(ANNOTATIONS))
                .collect(Collectors.joining("/"));
    }

    private static int rank(String folder) {
        String name = folder.toLowerCase(Locale.ROOT);
        return (int) RANKS.stream().takeWhile(word -> !name.contains(word)).count();
    }

    /** A frame by its number and by its set, video and number, in its folders and those that its name spells. */
    private static Naming naming(Item image) {
        Matcher name = NAME.matcher(image.full());
        if (!name.matches()) {
            return new Naming(List.of(image.stem()), image.folders());
        }
        String frame = image.stem().replaceFirst(".*(I\\d{5}).*", "$1");
        List<String> folders = image.folders().contains(name.group(1))
                ? image.folders()
                : Stream.concat(image.folders().stream(), Stream.of(name.group(1), name.group(3), "lwir"))
                        .toList();
        return new Naming(
                List.of(frame, "%s_%s_%s".formatted(name.group(1), name.group(3), frame), image.stem()), folders);
    }

    /** Boxes in either of its forms. */
    private record Files(Map<Item, Item> files, List<String> notes) implements Annotations {
        @Override
        public String form() {
            return "KAIST's annotations";
        }

        @Override
        public boolean knows(Item image) {
            return files.containsKey(image);
        }

        @Override
        public List<Box> boxes(Item image) {
            Item file = Objects.requireNonNull(files.get(image));
            return file.ending().equals(".xml") ? Voc.read(file.path()) : BbGt.read(file.path());
        }
    }
}
