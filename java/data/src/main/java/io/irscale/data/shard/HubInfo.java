package io.irscale.data.shard;

import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What Hugging Face's datasets library writes of a table under {@code huggingface} in the key-value metadata of a Parquet
 * file.
 *
 * @param info its {@code info}; an empty object where the file has none
 */
record HubInfo(JsonNode info) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static HubInfo of(Path file, Map<String, String> metadata) {
        String text = metadata.get("huggingface");
        if (text == null) {
            return new HubInfo(JsonNodeFactory.instance.objectNode());
        }
        try {
            return new HubInfo(MAPPER.readTree(text).path("info"));
        } catch (JacksonException e) {
            throw new InvalidInputException(
                    file + ": its metadata of the datasets library (huggingface) is not valid JSON: write it again", e);
        }
    }

    /** The feature that describes a column; missing where none does. */
    JsonNode feature(String column) {
        return info.path("features").path(column);
    }

    /** Whether a column is of a type of the library's own, such as {@code Image}. */
    boolean is(String column, String type) {
        return feature(column).path("_type").asString("").equals(type);
    }

    /** The licence; empty where none is stated. */
    Optional<String> licence() {
        return Optional.of(Reason.line(info.path("license").asString("").strip()))
                .filter(text -> !text.isEmpty());
    }
}
