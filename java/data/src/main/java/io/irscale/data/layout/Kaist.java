package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * KAIST Multispectral Pedestrian (Hwang et al., CVPR 2015): 95,000 pairs of 640 x 480 from a car, CC BY-NC-SA 4.0.
 * {@code setXX/VYYY/lwir/IZZZZZ.jpg} or {@code .png}, in the folder or in {@code images} in it. Boxes, where there is
 * {@code annotations}: {@code annotations/setXX/VYYY/IZZZZZ.txt} in the text form of Dollar's toolbox, "% bbGt
 * version=3" and then a line an object: category, left, top, width, height and more that is not read.
 *
 * <p>Time and place of each set are those of the dataset's own table. A video is a group.
 */
final class Kaist implements Layout {
    private static final String SET = "set(0\\d|1[01])";
    private static final List<String> PLACES = List.of("campus", "road", "downtown");

    @Override
    public boolean fits(Path folder) {
        return sets(folder).stream()
                .flatMap(set -> Folders.in(set).stream())
                .anyMatch(video -> Files.isDirectory(video.resolve("lwir")));
    }

    @Override
    public Dataset read(Path folder) {
        List<Sample> samples = new ArrayList<>();
        for (Path set : sets(folder)) {
            for (Path video : Folders.in(set)) {
                Folders.images(video.resolve("lwir")).forEach(image -> samples.add(sample(folder, set, video, image)));
            }
        }
        return new Dataset(
                "KAIST",
                "KAIST Multispectral Pedestrian, Hwang et al. 2015, CC BY-NC-SA 4.0: not for commercial use",
                "an infrared photo of a {place} scene at {time} from a car{objects}",
                samples,
                List.of());
    }

    private static List<Path> sets(Path folder) {
        Path nested = folder.resolve("images");
        return Folders.in(Files.isDirectory(nested) ? nested : folder).stream()
                .filter(set -> set.getFileName().toString().matches(SET))
                .toList();
    }

    private static Sample sample(Path folder, Path set, Path video, Path image) {
        String name = set.getFileName().toString();
        int number = Integer.parseInt(name.substring(3));
        Path annotations = folder.resolve("annotations");
        Optional<List<Box>> boxes = Files.isDirectory(annotations)
                ? boxes(annotations.resolve(name).resolve(video.getFileName()).resolve(Folders.stem(image) + ".txt"))
                : Optional.empty();
        Map<String, String> attributes = Map.of(
                "time", number / 3 % 2 == 0 ? "day" : "night",
                "place", PLACES.get(number % 3),
                "split", number < 6 ? "train" : "test");
        return new Sample(
                ImageSource.of(image),
                Optional.empty(),
                boxes,
                "KAIST %s/%s".formatted(name, video.getFileName()),
                attributes);
    }

    // A file of a header alone means nobody there; no file, that the published subset left the frame out.
    private static Optional<List<Box>> boxes(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        List<String> lines = TextFile.read(file, TextFile.LARGE).lines().toList();
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank() && !lines.get(i).startsWith("%")) {
                boxes.add(box(lines.get(i).strip(), file + " line " + (i + 1)));
            }
        }
        return Optional.of(boxes);
    }

    private static Box box(String line, String place) {
        List<String> fields = List.of(line.split("\\s+"));
        if (fields.size() < 5) {
            throw new InvalidInputException(
                    "%s: has %d fields, expected a category and 4 numbers".formatted(place, fields.size()));
        }
        try {
            List<Double> numbers =
                    fields.subList(1, 5).stream().map(Double::valueOf).toList();
            return Boxes.of(place, fields.getFirst(), numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
        } catch (NumberFormatException e) {
            throw new InvalidInputException("%s: \"%s\" has no 4 numbers".formatted(place, line), e);
        }
    }
}
