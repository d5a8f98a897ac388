package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The imagefolder of Hugging Face's datasets library: {@code metadata.jsonl} beside the images, or one in each folder of
 * a split. A line is an object with {@code file_name} and, if wanted, {@code text} (the caption), {@code video} (the
 * group) and {@code objects: [{category, bbox: [x, y, w, h]}]}; other texts and numbers become attributes. An image
 * without a line has no caption and no boxes; one without {@code video} is a group of its own. The terms are whatever
 * its author gave.
 */
final class ImageFolder implements Layout {
    private static final String METADATA = "metadata.jsonl";

    @Override
    public boolean fits(Path folder) {
        return !parts(folder).isEmpty();
    }

    @Override
    public Dataset read(Path folder) {
        Map<Path, Sample> samples = new LinkedHashMap<>();
        parts(folder).forEach(part -> samples.putAll(listed(folder, part)));
        Folders.imagesUnder(folder)
                .forEach(image -> samples.computeIfAbsent(
                        image,
                        unlisted -> new Sample(
                                ImageSource.of(unlisted),
                                Optional.empty(),
                                Optional.empty(),
                                Folders.group(folder, unlisted),
                                Map.of())));
        return new Dataset(
                "imagefolder",
                folder + ": terms not stated",
                "an infrared photo{objects}",
                List.copyOf(samples.values()),
                List.of());
    }

    private static List<Path> parts(Path folder) {
        return Stream.concat(Stream.of(folder), Folders.in(folder).stream())
                .filter(part -> Files.isRegularFile(part.resolve(METADATA)))
                .toList();
    }

    private static Map<Path, Sample> listed(Path folder, Path part) {
        Path file = part.resolve(METADATA);
        Map<Path, Sample> samples = new LinkedHashMap<>();
        List<String> lines = TextFile.read(file, TextFile.LARGE).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String place = file + " line " + (i + 1);
            Sample sample = sample(folder, part, Json.object(lines.get(i), place), place);
            if (samples.put(sample.image().file(), sample) != null) {
                throw new InvalidInputException(place + ": names " + sample.image() + " again");
            }
        }
        return samples;
    }

    private static Sample sample(Path folder, Path part, JsonNode line, String place) {
        Path image = Json.inside(part, line, place);
        MetadataRow row = MetadataRow.of(line, place);
        Map<String, String> attributes = new LinkedHashMap<>();
        if (!part.equals(folder)) {
            attributes.put("split", part.getFileName().toString());
        }
        attributes.putAll(row.attributes());
        String group = row.group().orElseGet(() -> Folders.group(folder, image));
        return new Sample(ImageSource.of(image), row.caption(), row.boxes(), group, attributes);
    }
}
