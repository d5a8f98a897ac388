package io.irscale.text;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SigLIP's tokenizers: SentencePiece's unigram model behind a clean-up of the prompt for SigLIP (transformers
 * {@code tokenization_siglip.py}), Gemma's BPE of the lower-cased prompt for SigLIP 2 ({@code tokenization_siglip2.py}).
 * Both put an end token (EOS) after the prompt and pad to the model's length, as in training.
 *
 * <p>It holds native memory until closed. Safe for many threads, one at a time. It never goes online; for the folder of
 * its native library see {@link ClipTokenizer}.
 */
public final class SiglipTokenizer implements AutoCloseable {
    private final NativeTokenizer tokenizer;
    private final int padId;
    private final boolean padsLeft;
    private final UnaryOperator<String> clean;

    private SiglipTokenizer(Path source, ObjectNode root, String pad, boolean padsLeft, UnaryOperator<String> clean) {
        padId = TokenizerJson.idOf(source, root, pad);
        tokenizer = NativeTokenizer.open("SigLIP", source, root, 1);
        this.padsLeft = padsLeft;
        this.clean = clean;
    }

    /**
     * Opens the tokenizer in a folder.
     *
     * @param folder holds spiece.model (SigLIP), else tokenizer.json (of a unigram model: SigLIP; of BPE: SigLIP 2);
     *     tokenizer_config.json and special_tokens_map.json are read where there. Their defaults are the published ones
     * @return a tokenizer for the caller to close
     * @throws InvalidInputException if a file is missing or broken, naming it
     * @throws io.irscale.error.LibraryException if the native tokenizers library cannot be loaded
     */
    public static SiglipTokenizer open(Path folder) {
        TokenizerFiles files = new TokenizerFiles(folder);
        // transformers reads the same one of the two.
        if (files.has("spiece.model")) {
            String end = files.specialToken("eos_token", "</s>");
            List<String> specials = Stream.of(end, files.specialToken("unk_token", "<unk>"), pad(files, end))
                    .distinct()
                    .toList();
            return unigram(files, files.path("spiece.model"), SentencePieceJson.of(files, end, specials));
        }
        Path source = files.path("tokenizer.json");
        if (!files.has("tokenizer.json")) {
            throw new InvalidInputException(
                    folder + ": holds no SigLIP tokenizer: neither spiece.model nor tokenizer.json");
        }
        ObjectNode root = (ObjectNode) files.json("tokenizer.json");
        String type = root.path("model").path("type").asString("");
        return switch (type) {
            case "Unigram" -> unigram(files, source, root);
            case "BPE" -> bpe(files, source, root);
            default ->
                throw new InvalidInputException(
                        source + ": its model is of type '" + type + "', expected Unigram (SigLIP) or BPE (SigLIP 2)");
        };
    }

    private static SiglipTokenizer unigram(TokenizerFiles files, Path source, ObjectNode root) {
        String end = files.specialToken("eos_token", "</s>");
        List<String> specials = root.path("added_tokens")
                .valueStream()
                .filter(token -> token.path("special").asBoolean(false))
                .map(token -> token.path("content").asString(""))
                .filter(text -> !text.isEmpty())
                .toList();
        boolean lowerCase = flag(files, "do_lower_case", true);
        return new SiglipTokenizer(
                source,
                root,
                pad(files, end),
                padsLeft(files, "right"),
                prompt -> SiglipText.clean(prompt, lowerCase, specials));
    }

    private static SiglipTokenizer bpe(TokenizerFiles files, Path source, ObjectNode root) {
        // Published files say do_lower_case, which only transformers' newest class heeds; training did it.
        if (flag(files, "do_lower_case", true)) {
            TokenizerJson.normalizeFirst(root, "Lowercase");
        }
        if (flag(files, "add_eos_token", false)) {
            String end = files.specialToken("eos_token", "<eos>");
            root.set("post_processor", TokenizerJson.endsWith(end, TokenizerJson.idOf(source, root, end)));
        }
        boolean newest = files.jsonIfThere("tokenizer_config.json")
                .path("tokenizer_class")
                .asString("")
                .equals("Siglip2Tokenizer");
        return new SiglipTokenizer(
                source,
                root,
                pad(files, "<pad>"),
                padsLeft(files, newest ? "left" : "right"),
                UnaryOperator.identity());
    }

    private static String pad(TokenizerFiles files, String fallback) {
        return files.specialToken("pad_token", fallback);
    }

    private static boolean padsLeft(TokenizerFiles files, String fallback) {
        JsonNode side = files.jsonIfThere("tokenizer_config.json").path("padding_side");
        return side.asString(fallback).toLowerCase(Locale.ROOT).equals("left");
    }

    private static boolean flag(TokenizerFiles files, String name, boolean absent) {
        return files.jsonIfThere("tokenizer_config.json").path(name).asBoolean(absent);
    }

    /**
     * Encodes one prompt.
     *
     * @param prompt any text, empty too
     * @param length the number of ids wanted, at least 1; the model's, 64 for every published SigLIP
     * @return the prompt, EOS, padding, which some files of SigLIP 2 put first; a prompt too long loses its end, never
     *     EOS. What {@link TokenIds#cut} tells is of the cleaned prompt
     * @throws InvalidInputException if the prompt holds a lone surrogate, or {@code length} is too small
     * @throws ClosedException after {@link #close()}
     */
    public TokenIds encode(String prompt, int length) {
        TokenIds ids = tokenizer.encode(clean.apply(prompt), length, padId);
        return padsLeft ? ids.paddedLeft() : ids;
    }

    /**
     * Frees the native tokenizer.
     *
     * @throws ClosedException if closed before
     */
    @Override
    public void close() {
        tokenizer.close();
    }
}
