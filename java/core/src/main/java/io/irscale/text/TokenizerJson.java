package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Looks things up in a tokenizer.json. */
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
}
