package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON of annotations, which is longer than any model's and made of lists; errors name the place in the file. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /**
     * The value that a text spells.
     *
     * @param place where it stands, for messages
     */
    static JsonNode value(String text, String place) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw invalid(place, e);
        }
    }

    /** Reads a file a token at a time; its elements can be read as values. */
    static JsonParser parser(Path file) {
        return MAPPER.createParser(file);
    }

    /**
     * The object that a text spells.
     *
     * @param place where it stands, for messages
     */
    static JsonNode object(String text, String place) {
        JsonNode node = value(text, place);
        if (!node.isObject()) {
            throw new InvalidInputException(place + ": is not a JSON object");
        }
        return node;
    }

    /** What is said of a text that breaks JSON's rules. */
    static InvalidInputException invalid(String place, JacksonException e) {
        // The name of a class of the parser tells nobody anything.
        String why = Reason.line(e.getOriginalMessage().replaceAll(",? from `[^`]*`| \\(start marker.*", ""));
        return new InvalidInputException(place + ": is not valid JSON: " + why, e);
    }

    /** A text that has to be there. */
    static String string(JsonNode node, String key, String place) {
        return text(node.path(key), key, place);
    }

    /** A value that has to be a text. */
    static String text(JsonNode value, String key, String place) {
        if (!value.isString()) {
            throw new InvalidInputException("%s: %s is %s, expected a text".formatted(place, key, shown(value)));
        }
        return value.stringValue();
    }

    /** A list that has to be there. */
    static JsonNode list(JsonNode node, String key, String place) {
        JsonNode value = node.path(key);
        if (!value.isArray()) {
            throw new InvalidInputException("%s: %s is %s, expected a list".formatted(place, key, shown(value)));
        }
        return value;
    }

    /** A {@code bbox}: [left, top, width, height] in pixels. */
    static Box box(JsonNode bbox, String category, String place) {
        boolean numbers = bbox.isArray() && bbox.size() == 4;
        for (JsonNode value : bbox) {
            numbers &= value.isNumber();
        }
        if (!numbers) {
            throw new InvalidInputException("%s: bbox is %s, expected 4 numbers".formatted(place, shown(bbox)));
        }
        return Boxes.of(
                place,
                category,
                bbox.get(0).doubleValue(),
                bbox.get(1).doubleValue(),
                bbox.get(2).doubleValue(),
                bbox.get(3).doubleValue());
    }

    /** A value in a message: its beginning, where it is long. */
    static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }
}
