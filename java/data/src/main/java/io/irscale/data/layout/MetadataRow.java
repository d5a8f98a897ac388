package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a line of metadata says of an image, as Hugging Face's datasets library has it: the caption under {@code text},
 * {@code caption}, {@code prompt} or {@code description}, {@code video} (the group) and {@code objects}, which
 * {@link RowObjects} reads; other texts and numbers are attributes.
 *
 * @param caption the first of these keys that is not blank, of a list the first text; empty where there is none
 * @param boxes empty where it says nothing of objects
 * @param group the video; empty where it names none
 * @param attributes the rest
 */
public record MetadataRow(
        Optional<String> caption, Optional<List<Box>> boxes, Optional<String> group, Map<String, String> attributes) {
    /** The keys under which metadata names its image; the first that holds a text counts. */
    static final List<String> IMAGE_KEYS = List.of("file_name", "image", "filename", "file", "path", "image_path");

    private static final List<String> CAPTION_KEYS = List.of("text", "caption", "prompt", "description");
    private static final Set<String> OTHER_KEYS = Set.of("video", "objects");

    /** Copies the collections. */
    public MetadataRow {
        boxes = boxes.map(List::copyOf);
        attributes = Map.copyOf(attributes);
    }

    /**
     * Reads it.
     *
     * @param place where it stands, for messages
     * @throws InvalidInputException if a value is not of its form
     */
    public static MetadataRow of(JsonNode line, String place) {
        Optional<String> captionKey = CAPTION_KEYS.stream()
                .filter(key -> caption(line, key, place).isPresent())
                .findFirst();
        Optional<String> group =
                line.hasNonNull("video") ? Optional.of(Json.string(line, "video", place)) : Optional.empty();
        Map<String, String> attributes = new LinkedHashMap<>();
        line.properties().stream()
                .filter(entry -> Stream.of(IMAGE_KEYS, captionKey.stream().toList(), OTHER_KEYS)
                                .noneMatch(keys -> keys.contains(entry.getKey()))
                        && entry.getValue().isValueNode()
                        && !entry.getValue().isNull())
                .forEach(
                        entry -> attributes.put(entry.getKey(), entry.getValue().asString()));
        return new MetadataRow(
                captionKey.flatMap(key -> caption(line, key, place)),
                line.hasNonNull("objects") ? Optional.of(RowObjects.of(line.path("objects"), place)) : Optional.empty(),
                group,
                attributes);
    }

    private static Optional<String> caption(JsonNode line, String key, String place) {
        if (!line.hasNonNull(key)) {
            return Optional.empty();
        }
        JsonNode value = line.path(key);
        Stream<String> texts = value.isArray()
                ? value.valueStream().map(text -> Json.text(text, key, place))
                : Stream.of(Json.text(value, key, place));
        return texts.filter(text -> !text.isBlank()).findFirst();
    }
}
