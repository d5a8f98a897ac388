package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Teledyne FLIR ADAS thermal dataset v2: 26,442 annotated frames, thermal ones of 640 x 512, under terms of its own that
 * one accepts at the download (flir.com/oem/adas/adas-dataset-agree). {@code images_thermal_train},
 * {@code images_thermal_val} and {@code video_thermal_test}, each with {@code coco.json} and {@code data}, or one of
 * these folders. The visible images beside them are not read.
 *
 * <p>A name is video-ID-frame-NUMBER-ID: the video is the group, and a file with another name is one of its own.
 */
final class FlirAdas implements Layout {
    private static final Pattern NAME = Pattern.compile("(video-[^-]+)-frame-.*");

    @Override
    public boolean fits(Path folder) {
        return !parts(folder).isEmpty();
    }

    @Override
    public Dataset read(Path folder) {
        List<Sample> samples = new ArrayList<>();
        for (Path part : parts(folder)) {
            Map<Path, List<Box>> annotated = annotated(part);
            Set<Path> all = new HashSet<>(annotated.keySet());
            all.addAll(Folders.images(part.resolve("data")));
            all.stream()
                    .sorted()
                    .map(image -> new Sample(
                            ImageSource.of(image),
                            Optional.empty(),
                            Optional.ofNullable(annotated.get(image)),
                            group(folder, image),
                            Map.of("split", part.getFileName().toString())))
                    .forEach(samples::add);
        }
        return new Dataset(
                "FLIR ADAS v2",
                "Teledyne FLIR ADAS thermal dataset v2, under its own terms (flir.com/oem/adas/adas-dataset-agree)",
                "an infrared photo of a traffic scene from a car{objects}",
                samples,
                List.of());
    }

    private static List<Path> parts(Path folder) {
        return Stream.concat(
                        Stream.of(folder),
                        Folders.in(folder).stream()
                                .filter(part -> part.getFileName().toString().contains("_thermal_")))
                .filter(part -> Files.isRegularFile(part.resolve("coco.json")))
                .toList();
    }

    private static String group(Path folder, Path image) {
        Matcher name = NAME.matcher(image.getFileName().toString());
        return name.matches() ? "FLIR " + name.group(1) : Folders.group(folder, image);
    }

    private static Map<Path, List<Box>> annotated(Path part) {
        Path file = part.resolve("coco.json");
        JsonNode coco = Json.object(TextFile.read(file, TextFile.LARGE), file.toString());
        Map<Long, String> categories = new HashMap<>();
        for (JsonNode category : Json.list(coco, "categories", file.toString())) {
            String place = file + " categories";
            categories.put(Json.integer(category, "id", place), Json.string(category, "name", place));
        }
        Map<Long, List<Box>> boxes = new HashMap<>();
        Map<Path, List<Box>> images = new HashMap<>();
        for (JsonNode image : Json.list(coco, "images", file.toString())) {
            long id = Json.integer(image, "id", file + " images");
            String place = file + " image " + id;
            Path path = Json.inside(part, image, place);
            List<Box> own = new ArrayList<>();
            if (boxes.put(id, own) != null || images.put(path, own) != null) {
                throw new InvalidInputException(place + ": its number or " + path + " is there twice");
            }
        }
        for (JsonNode annotation : Json.list(coco, "annotations", file.toString())) {
            long id = Json.integer(annotation, "image_id", file + " annotations");
            long category = Json.integer(annotation, "category_id", file + " annotations");
            List<Box> own = boxes.get(id);
            String name = categories.get(category);
            if (own == null || name == null) {
                throw new InvalidInputException("%s annotations: image %d of category %d, expected ones that it lists"
                        .formatted(file, id, category));
            }
            own.add(Json.box(annotation.path("bbox"), name, file + " image " + id));
        }
        return images;
    }
}
