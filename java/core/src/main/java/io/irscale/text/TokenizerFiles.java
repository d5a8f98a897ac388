package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of a tokenizer's folder, read with every complaint naming the file. */
final class TokenizerFiles {
    private static final JsonMapper JSON = new JsonMapper();
    /** Published tokenizers hold a few megabytes. */
    private static final long LIMIT = 64L << 20;

    private final Path folder;

    TokenizerFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + ": there is no such folder; a tokenizer was expected");
        }
        this.folder = folder;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    boolean has(String name) {
        return Files.isRegularFile(path(name));
    }

    byte[] bytes(String name) {
        Path file = path(name);
        try {
            long size = Files.size(file);
            if (size > LIMIT) {
                throw new InvalidInputException(
                        file + ": holds " + size + " bytes; a tokenizer's file may hold " + LIMIT);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read", e);
        }
    }

    JsonNode json(String name) {
        try {
            JsonNode root = JSON.readTree(bytes(name));
            if (root.isObject()) {
                return root;
            }
            throw new InvalidInputException(path(name) + ": holds no JSON object");
        } catch (JacksonException e) {
            throw new InvalidInputException(path(name) + ": is no valid JSON (" + e.getOriginalMessage() + ")", e);
        }
    }

    /** A file that is not there counts as an empty object. */
    JsonNode jsonIfThere(String name) {
        return has(name) ? json(name) : JSON.createObjectNode();
    }

    /**
     * The text of a special token such as {@code pad_token}. As transformers does (tokenization_utils_base.py,
     * {@code _from_pretrained}), special_tokens_map.json counts first only beside a tokenizer_config.json of the old
     * kind, without {@code added_tokens_decoder}.
     */
    String specialToken(String role, String fallback) {
        JsonNode config = jsonIfThere("tokenizer_config.json");
        JsonNode map = jsonIfThere("special_tokens_map.json");
        boolean old = config.path("added_tokens_decoder").isMissingNode();
        String second = content(old ? config : map, role, fallback);
        return content(old ? map : config, role, second);
    }

    private static String content(JsonNode tokens, String role, String fallback) {
        JsonNode token = tokens.path(role);
        JsonNode text = token.isObject() ? token.path("content") : token;
        return text.isString() ? text.stringValue() : fallback;
    }
}
