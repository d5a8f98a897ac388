package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a line of metadata says of an image, as Hugging Face's datasets library has it: {@code text} (the caption),
 * {@code video} (the group), {@code objects: [{category, bbox: [x, y, w, h]}]}; other texts and numbers are attributes.
 *
 * @param caption empty where it has none, or a blank one
 * @param boxes empty where it says nothing of objects
 * @param group the video; empty where it names none
 * @param attributes the rest
 */
record MetadataRow(
        Optional<String> caption, Optional<List<Box>> boxes, Optional<String> group, Map<String, String> attributes) {
    private static final Set<String> KNOWN = Set.of("file_name", "text", "video", "objects");

    /**
     * Reads it.
     *
     * @param place where it stands, for messages
     * @throws InvalidInputException if a value is not of its form
     */
    static MetadataRow of(JsonNode line, String place) {
        Optional<String> caption = line.hasNonNull("text")
                ? Optional.of(Json.string(line, "text", place)).filter(text -> !text.isBlank())
                : Optional.empty();
        Optional<String> group =
                line.hasNonNull("video") ? Optional.of(Json.string(line, "video", place)) : Optional.empty();
        Map<String, String> attributes = new LinkedHashMap<>();
        line.properties().stream()
                .filter(entry -> !KNOWN.contains(entry.getKey())
                        && entry.getValue().isValueNode()
                        && !entry.getValue().isNull())
                .forEach(
                        entry -> attributes.put(entry.getKey(), entry.getValue().asString()));
        return new MetadataRow(caption, boxes(line, place), group, attributes);
    }

    private static Optional<List<Box>> boxes(JsonNode line, String place) {
        if (!line.hasNonNull("objects")) {
            return Optional.empty();
        }
        List<Box> boxes = new ArrayList<>();
        for (JsonNode object : Json.list(line, "objects", place)) {
            boxes.add(Json.box(object, Json.string(object, "category", place), place));
        }
        return Optional.of(boxes);
    }
}
