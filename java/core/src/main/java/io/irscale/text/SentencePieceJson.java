package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokenizer.json for a unigram model of SentencePiece that was published, as SigLIP's, as spiece.model alone. It
 * splits as SentencePiece does behind other text: spaces are collapsed and those at the end removed (its normalizer.cc),
 * nothing is put before, and the end token follows. The file is a protocol buffer, of which the
 * numbers below stand in sentencepiece_model.proto.
 */
final class SentencePieceJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String SPACE = "▁";

    private static final int PIECES = 1;
    private static final int PIECE_TEXT = 1;
    private static final int PIECE_SCORE = 2;
    private static final int PIECE_TYPE = 3;
    private static final int UNKNOWN = 2;

    private static final int TRAINER = 2;
    private static final int MODEL_TYPE = 3;
    private static final int UNIGRAM = 1;
    private static final int BYTE_FALLBACK = 35;

    private static final int NORMALIZER = 3;
    private static final int CHARSMAP = 2;
    private static final int REMOVE_EXTRA_WHITESPACES = 4;

    private final Path source;
    private final WireMessage model;

    private SentencePieceJson(Path source, byte[] bytes) {
        this.source = source;
        try {
            model = new WireMessage(ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException e) {
            throw broken(e);
        }
    }

    /**
     * The tokenizer.json of a folder's spiece.model.
     *
     * @param end the text of the end token
     * @param specials the texts of all special tokens, which stand for themselves in a prompt too
     */
    static ObjectNode of(TokenizerFiles files, String end, List<String> specials) {
        SentencePieceJson read = new SentencePieceJson(files.path("spiece.model"), files.bytes("spiece.model"));
        try {
            return read.root(end, specials);
        } catch (IllegalArgumentException e) {
            throw read.broken(e);
        }
    }

    private InvalidInputException broken(IllegalArgumentException e) {
        return new InvalidInputException(
                source + ": is no SentencePiece model that can be read (" + e.getMessage() + ")", e);
    }

    private WireMessage part(int field) {
        return model.bytes(field)
                .reduce((first, last) -> last)
                .map(WireMessage::new)
                .orElseThrow(() -> new IllegalArgumentException("field " + field + " is missing"));
    }

    private ObjectNode root(String end, List<String> specials) {
        ObjectNode root = NODES.objectNode().put("version", "1.0");
        root.set("model", unigram());
        ArrayNode added = root.putArray("added_tokens");
        for (String token : specials) {
            added.add(NODES.objectNode()
                    .put("id", TokenizerJson.idOf(source, root, token))
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true));
        }
        root.set("normalizer", normalizer());
        root.putObject("pre_tokenizer")
                .put("type", "Metaspace")
                .put("replacement", SPACE)
                .put("prepend_scheme", "never")
                .put("split", false);
        root.set("post_processor", TokenizerJson.endsWith(end, TokenizerJson.idOf(source, root, end)));
        return root;
    }

    private ObjectNode unigram() {
        WireMessage trainer = part(TRAINER);
        long type = trainer.number(MODEL_TYPE, UNIGRAM);
        if (type != UNIGRAM) {
            throw new IllegalArgumentException("it is of type " + type + ", expected " + UNIGRAM + ": unigram");
        }
        ObjectNode unigram = NODES.objectNode().put("type", "Unigram");
        ArrayNode vocabulary = unigram.putArray("vocab");
        List<WireMessage> pieces = model.bytes(PIECES).map(WireMessage::new).toList();
        for (int id = 0; id < pieces.size(); id++) {
            WireMessage piece = pieces.get(id);
            String text = piece.bytes(PIECE_TEXT)
                    .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString())
                    .findFirst()
                    .orElse("");
            float score = Float.intBitsToFloat((int) piece.number(PIECE_SCORE, 0));
            vocabulary.addArray().add(text).add((double) score);
            if (piece.number(PIECE_TYPE, 0) == UNKNOWN) {
                unigram.put("unk_id", id);
            }
        }
        if (!unigram.has("unk_id")) {
            throw new IllegalArgumentException("it has no piece for the unknown");
        }
        return unigram.put("byte_fallback", trainer.number(BYTE_FALLBACK, 0) != 0);
    }

    private ObjectNode normalizer() {
        WireMessage spec = part(NORMALIZER);
        ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("normalizers");
        spec.bytes(CHARSMAP).filter(ByteBuffer::hasRemaining).forEach(map -> {
            byte[] bytes = new byte[map.remaining()];
            map.get(bytes);
            steps.addObject()
                    .put("type", "Precompiled")
                    .put("precompiled_charsmap", Base64.getEncoder().encodeToString(bytes));
        });
        if (spec.number(REMOVE_EXTRA_WHITESPACES, 1) != 0) {
            replace(steps, " {2,}", " ");
            replace(steps, "[ " + SPACE + "]+$", "");
        }
        return sequence;
    }

    private static void replace(ArrayNode steps, String regex, String content) {
        ObjectNode step = steps.addObject().put("type", "Replace").put("content", content);
        step.putObject("pattern").put("Regex", regex);
    }
}
