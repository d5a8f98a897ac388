package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Looks things up in a tokenizer.json, and changes it. */
final class TokenizerJson {
    private TokenizerJson() {}

    /**
     * {@return the id of a token}
     *
     * @param source the file, for messages
     * @param root the whole tokenizer.json, of BPE (vocabulary an object) or Unigram (vocabulary a list)
     * @param token the text of the token
     */
    static int idOf(Path source, JsonNode root, String token) {
        for (JsonNode added : root.path("added_tokens")) {
            if (token.equals(added.path("content").asString(""))
                    && added.path("id").canConvertToInt()) {
                return added.path("id").intValue();
            }
        }
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.path(token).canConvertToInt()) {
            return vocabulary.path(token).intValue();
        }
        for (int id = 0; vocabulary.isArray() && id < vocabulary.size(); id++) {
            if (token.equals(vocabulary.path(id).path(0).asString(""))) {
                return id;
            }
        }
        throw new InvalidInputException(source + ": its vocabulary lacks the special token " + token);
    }

    /** The post-processor that puts one token after every prompt. */
    static ObjectNode endsWith(String end, int id) {
        ObjectNode processor = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
        for (String form : List.of("single", "pair")) {
            ArrayNode parts = processor.putArray(form);
            for (String sequence : form.equals("pair") ? List.of("A", "B") : List.of("A")) {
                parts.addObject().putObject("Sequence").put("id", sequence).put("type_id", 0);
                parts.addObject().putObject("SpecialToken").put("id", end).put("type_id", 0);
            }
        }
        ObjectNode token = processor.putObject("special_tokens").putObject(end).put("id", end);
        token.putArray("ids").add(id);
        token.putArray("tokens").add(end);
        return processor;
    }

    /** Puts a normalizer without settings before those that are there. */
    static void normalizeFirst(ObjectNode root, String type) {
        JsonNode others = root.path("normalizer");
        ObjectNode sequence = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("normalizers");
        steps.addObject().put("type", type);
        if (others.isObject()) {
            steps.add(others);
        }
        root.set("normalizer", sequence);
    }
}
