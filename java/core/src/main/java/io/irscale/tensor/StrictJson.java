package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads JSON that a stranger wrote: UTF-8 only, one object, no duplicate keys, bounded depth and size. */
final class StrictJson {
    /** Longest text read, in bytes: the limit of the safetensors format, used for shard indexes too. */
    static final int MAX_BYTES = 100_000_000;

    // 100,000 tensors take 1.5 million tokens; without a limit "[0,0,0,..." costs far more memory than its text.
    private static final long MAX_TOKENS = 4_000_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNameLength(4096)
                            .maxStringLength(MAX_BYTES)
                            .maxNumberLength(32)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // The symbol table fails on names chosen to collide, and names here hardly repeat.
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * The object that {@code utf8} spells.
     *
     * @param what what the text is, for messages about {@code file}, such as "header"
     */
    static ObjectNode parse(byte[] utf8, Path file, String what) {
        JsonNode root;
        try {
            // Decoded here, because Jackson would also guess UTF-16 and UTF-32 and let some bad UTF-8 through.
            root = MAPPER.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + ": " + what + " is not UTF-8", e);
        } catch (JacksonException e) {
            throw new InvalidInputException(
                    file + ": " + what + " is not valid JSON: " + oneLine(e.getOriginalMessage()), e);
        }
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidInputException(file + ": " + what + " is not a JSON object");
    }

    /** A stranger's text made fit for a message: no control characters, at most 200 characters. */
    static String oneLine(String text) {
        return text.substring(0, Math.min(200, text.length())).replaceAll("\\p{Cntrl}+", " ");
    }
}
