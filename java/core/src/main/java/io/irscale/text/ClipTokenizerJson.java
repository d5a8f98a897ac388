package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokenizer.json for a CLIP tokenizer that was published, as FLUX's, as vocab.json and merges.txt alone. What it
 * says follows models/clip/tokenization_clip.py of transformers 5.
 */
final class ClipTokenizerJson {
    static final String START = "<|startoftext|>";
    static final String END = "<|endoftext|>";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String WORDS =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

    private ClipTokenizerJson() {}

    static ObjectNode of(TokenizerFiles files) {
        Path source = files.path("vocab.json");
        String start = files.specialToken("bos_token", START);
        String end = files.specialToken("eos_token", END);
        String unknown = files.specialToken("unk_token", END);
        ObjectNode model = object("BPE")
                .put("unk_token", unknown)
                .put("continuing_subword_prefix", "")
                .put("end_of_word_suffix", "</w>")
                .put("fuse_unk", false);
        model.set("vocab", files.json("vocab.json"));
        model.set("merges", merges(files));

        ObjectNode root = NODES.objectNode().put("version", "1.0");
        root.set("model", model);
        root.set("normalizer", normalizer());
        root.set("pre_tokenizer", preTokenizer());
        Map<String, JsonNode> added = configuredTokens(files);
        for (String token : List.of(start, end, unknown, files.specialToken("pad_token", END))) {
            added.computeIfAbsent(token, absent -> addedToken(TokenizerJson.idOf(source, root, absent), absent));
        }
        root.set("added_tokens", NODES.arrayNode().addAll(added.values()));
        root.set("post_processor", postProcessor(source, root, start, end));
        return root;
    }

    private static ArrayNode merges(TokenizerFiles files) {
        ArrayNode merges = NODES.arrayNode();
        String text = new String(files.bytes("merges.txt"), StandardCharsets.UTF_8);
        // Not String.lines(), which also splits at a carriage return alone.
        for (String line : text.split("\r?\n", -1)) {
            if (line.isEmpty() || line.startsWith("#version")) {
                continue;
            }
            String[] pair = line.split(" ", -1);
            if (pair.length != 2) {
                throw new InvalidInputException(
                        files.path("merges.txt") + ": a line does not hold two tokens: " + line);
            }
            merges.addArray().add(pair[0]).add(pair[1]);
        }
        return merges;
    }

    private static ObjectNode normalizer() {
        ObjectNode spaces = object("Replace").put("content", " ");
        spaces.putObject("pattern").put("Regex", "\\s+");
        return sequence("normalizers", object("NFC"), spaces, object("Lowercase"));
    }

    private static ObjectNode preTokenizer() {
        ObjectNode split = object("Split").put("behavior", "Removed").put("invert", true);
        split.putObject("pattern").put("Regex", WORDS);
        ObjectNode bytes = object("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        return sequence("pretokenizers", split, bytes);
    }

    private static ObjectNode postProcessor(Path source, JsonNode root, String start, String end) {
        ObjectNode specials =
                object("RobertaProcessing").put("trim_offsets", false).put("add_prefix_space", false);
        specials.putArray("sep").add(end).add(TokenizerJson.idOf(source, root, end));
        specials.putArray("cls").add(start).add(TokenizerJson.idOf(source, root, start));
        return specials;
    }

    private static Map<String, JsonNode> configuredTokens(TokenizerFiles files) {
        Map<String, JsonNode> added = new LinkedHashMap<>();
        JsonNode configured = files.jsonIfThere("tokenizer_config.json").path("added_tokens_decoder");
        configured.forEachEntry((id, token) -> {
            String content = token.path("content").asString("");
            ObjectNode entry = addedToken(parseId(files, id), content);
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
                entry.put(flag, token.path(flag).asBoolean(false));
            }
            added.put(content, entry);
        });
        return added;
    }

    private static int parseId(TokenizerFiles files, String id) {
        try {
            return Integer.parseInt(id);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    files.path("tokenizer_config.json") + ": added_tokens_decoder: no token id: " + id, e);
        }
    }

    private static ObjectNode addedToken(int id, String content) {
        return NODES.objectNode()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static ObjectNode object(String type) {
        return NODES.objectNode().put("type", type);
    }

    private static ObjectNode sequence(String field, ObjectNode... parts) {
        ObjectNode sequence = object("Sequence");
        ArrayNode list = sequence.putArray(field);
        for (ObjectNode part : parts) {
            list.add(part);
        }
        return sequence;
    }
}
