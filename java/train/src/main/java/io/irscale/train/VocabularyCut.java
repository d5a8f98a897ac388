package io.irscale.train;

import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.TokenIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * FLUX's two vocabularies cut to what some captions use, for small models: captions keep their tokens, all other text
 * falls apart into letters. CLIP keeps its 512 bytes and the merges that build the captions' words; T5 keeps its special
 * pieces, the captions' pieces and those of one ASCII character.
 */
public final class VocabularyCut {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CLIP_BYTES = 512;
    private static final String WORD_END = "</w>";
    // As CLIP takes text apart, for ASCII (openai/CLIP, simple_tokenizer.py).
    private static final Pattern WORDS = Pattern.compile("[a-z]+|[0-9]|[^\\sa-z0-9]+");
    private static final List<String> T5_SPECIALS = List.of("<pad>", "</s>", "<unk>");

    private VocabularyCut() {}

    /**
     * Writes {@code vocab.json}, {@code merges.txt} and {@code tokenizer_config.json} of CLIP.
     *
     * @param from FLUX's, with vocab.json and merges.txt
     * @param length ids a prompt is padded to
     * @throws InvalidInputException if a file is missing or broken, or a caption is not ASCII
     */
    public static void clip(Path from, Path to, Collection<String> captions, int length) {
        List<String> merges = lines(from.resolve("merges.txt")).stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        merges.forEach(merge -> ranks.put(merge, ranks.size()));
        Set<Integer> used = new TreeSet<>();
        for (String caption : captions) {
            requireAscii(caption);
            Matcher words = WORDS.matcher(caption.toLowerCase(Locale.ROOT));
            while (words.find()) {
                merge(words.group(), ranks, used);
            }
        }
        JsonNode full = json(from.resolve("vocab.json"));
        List<String> tokens = new ArrayList<>();
        full.forEachEntry((token, id) -> {
            if (id.asInt() < CLIP_BYTES) {
                tokens.add(token);
            }
        });
        List<String> kept = used.stream().map(merges::get).toList();
        kept.forEach(merge -> tokens.add(merge.replace(" ", "")));
        tokens.addAll(List.of("<|startoftext|>", "<|endoftext|>"));
        ObjectNode vocabulary = JSON.createObjectNode();
        tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
        write(to.resolve("vocab.json"), JSON.writeValueAsString(vocabulary));
        write(to.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", kept) + "\n");
        ObjectNode config = JSON.createObjectNode()
                .put("add_prefix_space", false)
                .put("bos_token", "<|startoftext|>")
                .put("clean_up_tokenization_spaces", true)
                .put("do_lower_case", true)
                .put("eos_token", "<|endoftext|>")
                .put("errors", "replace")
                .put("model_max_length", length)
                .put("pad_token", "<|endoftext|>")
                .put("tokenizer_class", "CLIPTokenizer")
                .put("unk_token", "<|endoftext|>");
        write(to.resolve("tokenizer_config.json"), pretty(config));
    }

    // Byte-pair encoding of one word; notes the ranks of the merges on the way.
    private static void merge(String word, Map<String, Integer> ranks, Set<Integer> used) {
        List<String> parts = new ArrayList<>(Arrays.asList(word.split("")));
        parts.set(parts.size() - 1, parts.getLast() + WORD_END);
        while (true) {
            int best = -1;
            int rank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int candidate = ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
                if (candidate < rank) {
                    rank = candidate;
                    best = i;
                }
            }
            if (best < 0) {
                return;
            }
            used.add(rank);
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
    }

    /**
     * Writes {@code tokenizer.json} and {@code tokenizer_config.json} of T5.
     *
     * @param from FLUX's, with tokenizer.json
     * @param length ids a prompt is padded to
     * @throws InvalidInputException if a file is missing or broken
     */
    public static void t5(Path from, Path to, Collection<String> captions, int length) {
        Set<Integer> used = new TreeSet<>();
        try (T5Tokenizer tokenizer = T5Tokenizer.open(from)) {
            for (String caption : captions) {
                TokenIds ids = tokenizer.encode(caption, 512);
                Arrays.stream(ids.ids()).limit(ids.used()).forEach(used::add);
            }
        }
        ObjectNode root = (ObjectNode) json(from.resolve("tokenizer.json"));
        ObjectNode model = (ObjectNode) root.get("model");
        ArrayNode kept = JSON.createArrayNode();
        int id = 0;
        for (JsonNode entry : model.get("vocab")) {
            String piece = entry.get(0).asString("");
            boolean letter =
                    piece.replace("▁", "").length() <= 1 && piece.chars().allMatch(c -> c < 128 || c == '▁');
            if (T5_SPECIALS.contains(piece) || letter || used.contains(id)) {
                kept.add(entry);
            }
            id++;
        }
        model.set("vocab", kept);
        ArrayNode added = JSON.createArrayNode();
        root.get("added_tokens").forEach(token -> {
            if (T5_SPECIALS.contains(token.path("content").asString(""))) {
                added.add(token);
            }
        });
        root.set("added_tokens", added);
        write(to.resolve("tokenizer.json"), JSON.writeValueAsString(root));
        ObjectNode config = JSON.createObjectNode()
                .put("eos_token", "</s>")
                .put("model_max_length", length)
                .put("pad_token", "<pad>")
                .put("tokenizer_class", "T5Tokenizer")
                .put("unk_token", "<unk>");
        write(to.resolve("tokenizer_config.json"), pretty(config));
    }

    private static void requireAscii(String caption) {
        if (!caption.chars().allMatch(c -> c < 128)) {
            throw new InvalidInputException("caption '%s': is not ASCII, expected that of a vocabulary to cut"
                    .formatted(caption.replaceAll("\\p{Cntrl}", "?")));
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException(file + ": cannot be read as JSON", e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read", e);
        }
    }

    private static String pretty(JsonNode node) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new InvalidInputException(file + ": its folder cannot be made", e);
        }
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
