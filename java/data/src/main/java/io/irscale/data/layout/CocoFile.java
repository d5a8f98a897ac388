package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * One file of COCO: {@code images} with {@code id} and {@code file_name} (or {@code filename}), {@code categories} with
 * {@code id} and {@code name}, {@code annotations} (or {@code annotation}) with {@code image_id}, {@code category_id} and
 * {@code bbox} in pixels, [left, top, width, height], or of five numbers [centre x, centre y, width, height, radians].
 *
 * @param boxes by the name of the image, in the file's order
 * @param left how many annotations are of crowds or have no box
 */
record CocoFile(Map<String, List<Box>> boxes, int left) {
    private static final Set<String> LISTS = Set.of("images", "categories", "annotations", "annotation");
    private static final List<String> NAMES = List.of("file_name", "filename");
    private static final long MOST = 1L << 30;

    /** What is found before it is known which image an annotation is of. */
    private record Found(
            Map<String, String> images,
            Map<String, String> categories,
            List<Annotation> annotations,
            Set<String> lists) {
        boolean isCoco() {
            return lists.contains("images") && (lists.contains("annotations") || lists.contains("annotation"));
        }
    }

    /** A box whose category is its id still. */
    private record Annotation(String image, Box box) {}

    /**
     * Reads a file, an element at a time.
     *
     * @return empty if it is JSON of another kind
     * @throws InvalidInputException if it breaks off, or an annotation is of no image or category that it lists
     */
    static Optional<CocoFile> read(Path file) {
        requireSize(file);
        Found found = new Found(new LinkedHashMap<>(), new HashMap<>(), new ArrayList<>(), new HashSet<>());
        int left = 0;
        try (JsonParser parser = Json.parser(file)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                if (parser.nextToken() != JsonToken.START_ARRAY || !LISTS.contains(key)) {
                    parser.skipChildren();
                    continue;
                }
                found.lists().add(key);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    left += add(parser.readValueAsTree(), key, found, file) ? 0 : 1;
                }
            }
        } catch (JacksonException e) {
            if (found.lists().isEmpty()) {
                return Optional.empty();
            }
            throw Json.invalid(file.toString(), e);
        }
        // Images without names are somebody's own list, annotations without boxes are captions or key points.
        boolean isUseful =
                found.annotations().isEmpty() ? left == 0 : !found.images().isEmpty();
        return found.isCoco() && isUseful ? Optional.of(new CocoFile(join(found, file), left)) : Optional.empty();
    }

    private static void requireSize(Path file) {
        try {
            if (Files.size(file) > MOST) {
                throw new InvalidInputException(
                        "%s: has %d bytes, expected at most %d".formatted(file, Files.size(file), MOST));
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    /** Takes an element of a list, and says whether it is of use. */
    private static boolean add(JsonNode element, String list, Found found, Path file) {
        String place = file + " " + list;
        switch (list) {
            case "images" ->
                NAMES.stream()
                        .filter(key -> element.path(key).isString())
                        .findFirst()
                        .ifPresent(key -> {
                            String id = id(element, "id", place);
                            if (found.images().put(id, element.path(key).stringValue()) != null) {
                                throw new InvalidInputException(
                                        "%s: the id %s is there twice".formatted(place, Reason.line(id)));
                            }
                        });
            case "categories" -> found.categories().put(id(element, "id", place), Json.string(element, "name", place));
            default -> {
                JsonNode bbox = element.path("bbox");
                if (element.path("iscrowd").asInt(0) == 1
                        || bbox.isMissingNode()
                        || bbox.isNull()
                        || (bbox.isArray() && bbox.isEmpty())) {
                    return false;
                }
                String image = id(element, "image_id", place);
                String category = id(element, "category_id", place);
                found.annotations()
                        .add(new Annotation(image, box(bbox, category, file + " image " + Reason.line(image))));
            }
        }
        return true;
    }

    private static String id(JsonNode element, String key, String place) {
        JsonNode id = element.path(key);
        if (!id.isIntegralNumber() && !id.isString()) {
            throw new InvalidInputException("%s: %s is %s, expected an integer".formatted(place, key, Json.shown(id)));
        }
        return id.asString();
    }

    private static Map<String, List<Box>> join(Found found, Path file) {
        Map<String, List<Box>> byName = new LinkedHashMap<>();
        found.images().forEach((id, name) -> {
            if (byName.put(name, new ArrayList<>()) != null) {
                throw new InvalidInputException(
                        "%s image %s: %s is there twice".formatted(file, Reason.line(id), Reason.line(name)));
            }
        });
        for (Annotation annotation : found.annotations()) {
            Box box = annotation.box();
            String image = found.images().get(annotation.image());
            String category =
                    found.lists().contains("categories") ? found.categories().get(box.category()) : box.category();
            if (image == null || category == null) {
                throw new InvalidInputException("%s annotations: image %s of category %s, expected ones that it lists"
                        .formatted(file, Reason.line(annotation.image()), Reason.line(box.category())));
            }
            byName.getOrDefault(image, new ArrayList<>())
                    .add(Boxes.of(file.toString(), category, box.x(), box.y(), box.width(), box.height()));
        }
        return byName;
    }

    private static Box box(JsonNode bbox, String category, String place) {
        return bbox.size() == 5 && bbox.valueStream().allMatch(JsonNode::isNumber)
                ? Boxes.around(
                        place,
                        category,
                        bbox.get(0).doubleValue(),
                        bbox.get(1).doubleValue(),
                        bbox.get(2).doubleValue(),
                        bbox.get(3).doubleValue(),
                        bbox.get(4).doubleValue())
                : Json.box(bbox, category, place);
    }
}
