package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The {@code objects} of Hugging Face's metadata: a list of objects, {@code [{"bbox": [x, y, w, h], "category": "car"}]},
 * or lists side by side, {@code {"bbox": [[x, y, w, h]], "category": ["car"]}}; in a CSV the text of either. Boxes are in
 * pixels from the left upper corner. A category that is a number stays the text of it.
 */
final class RowObjects {
    private static final List<String> CATEGORY_KEYS =
            List.of("category", "categories", "label", "labels", "category_id");

    private RowObjects() {}

    /**
     * Reads them.
     *
     * @param place where they stand, for messages
     * @throws InvalidInputException if they have neither form, or a box is none
     */
    static List<Box> of(JsonNode objects, String place) {
        if (objects.isString()) {
            return of(Json.value(objects.stringValue(), place + " objects"), place);
        }
        if (objects.isObject()) {
            return sideBySide(objects, place);
        }
        if (!objects.isArray()) {
            throw new InvalidInputException(
                    "%s: objects is %s, expected a list of {\"bbox\": [x, y, w, h], \"category\": name}"
                            .formatted(place, Json.shown(objects)));
        }
        List<Box> boxes = new ArrayList<>();
        for (JsonNode object : objects) {
            JsonNode category = object.path(categoryKey(object, place));
            boxes.add(Json.box(object.path("bbox"), category(category, place), place));
        }
        return boxes;
    }

    private static List<Box> sideBySide(JsonNode objects, String place) {
        JsonNode bboxes = Json.list(objects, "bbox", place + " objects");
        String key = categoryKey(objects, place);
        JsonNode categories = Json.list(objects, key, place + " objects");
        if (bboxes.size() != categories.size()) {
            throw new InvalidInputException("%s: objects has %d bbox and %d %s, expected as many"
                    .formatted(place, bboxes.size(), categories.size(), key));
        }
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < bboxes.size(); i++) {
            boxes.add(Json.box(bboxes.get(i), category(categories.get(i), place), place));
        }
        return boxes;
    }

    private static String categoryKey(JsonNode object, String place) {
        return CATEGORY_KEYS.stream()
                .filter(object::hasNonNull)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("%s: objects has %s, expected bbox and one of %s"
                        .formatted(place, Json.shown(object), String.join(", ", CATEGORY_KEYS))));
    }

    private static String category(JsonNode value, String place) {
        if (!value.isString() && !value.isIntegralNumber()) {
            throw new InvalidInputException(
                    "%s: category is %s, expected a name or an integer".formatted(place, Json.shown(value)));
        }
        return value.asString();
    }
}
