package io.irscale.data.shard;

import dev.hardwood.row.PqList;
import dev.hardwood.row.PqStruct;
import io.irscale.error.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Cells of a Parquet file as JSON, in which a number of the datasets library's {@code ClassLabel} is its name. */
final class RowValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private RowValues() {}

    /**
     * A cell.
     *
     * @param feature what the library says of the column; missing where it says nothing
     * @param place where it stands, for messages
     * @throws InvalidInputException if a class has no name
     */
    static JsonNode of(@Nullable Object cell, JsonNode feature, String place) {
        return switch (cell) {
            case null -> JSON.nullNode();
            case Number number
            when feature.path("_type").asString("").equals("ClassLabel") ->
                className(number.longValue(), feature.path("names"), place);
            case Integer number -> JSON.numberNode(number);
            case Long number -> JSON.numberNode(number);
            case Float number -> JSON.numberNode(number);
            case Double number -> JSON.numberNode(number);
            case BigDecimal number -> JSON.numberNode(number);
            case BigInteger number -> JSON.numberNode(number);
            case Boolean truth -> JSON.booleanNode(truth);
            case PqStruct struct -> object(struct, feature, place);
            case PqList list -> array(list, feature, place);
            // Dates and times, which metadata lines have as text too.
            default -> JSON.stringNode(cell.toString());
        };
    }

    private static JsonNode className(long number, JsonNode names, String place) {
        // The library's mark of a row without a label.
        if (number == -1) {
            return JSON.nullNode();
        }
        if (number < 0 || number >= names.size()) {
            throw new InvalidInputException("%s: has class %d, expected one of the %d that the file names"
                    .formatted(place, number, names.size()));
        }
        return JSON.stringNode(names.get((int) number).asString(""));
    }

    private static ObjectNode object(PqStruct struct, JsonNode feature, String place) {
        // The library's Sequence of a structure is stored as a structure of lists.
        JsonNode fields = feature.path("_type").isString() ? feature.path("feature") : feature;
        ObjectNode object = JSON.objectNode();
        for (int i = 0; i < struct.getFieldCount(); i++) {
            String name = struct.getFieldName(i);
            object.set(name, of(struct.getValue(i), fields.path(name), place));
        }
        return object;
    }

    private static ArrayNode array(PqList list, JsonNode feature, String place) {
        // [x] is the library's short form of a list of x; the lists of a Sequence have their elements' feature.
        JsonNode element =
                feature.isArray() ? feature.path(0) : feature.has("feature") ? feature.path("feature") : feature;
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < list.size(); i++) {
            array.add(of(list.get(i), element, place));
        }
        return array;
    }
}
