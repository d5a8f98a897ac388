package io.irscale.text;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * CLIP's tokenizer: lower-cased byte-level BPE between a begin (BOS) and an end token (EOS), as {@code CLIPTokenizer} of
 * transformers 5 does it (models/clip/tokenization_clip.py), or as open_clip does, which cleans the text first.
 *
 * <p>It holds native memory until closed. Safe for many threads, one at a time. It never goes online; its native
 * library is unpacked into {@code djl} under the first of: the system property {@code irscale.cache}, the environment
 * variable {@code IRSCALE_CACHE}, {@code $XDG_CACHE_HOME/irscale}, {@code ~/.cache/irscale}; DJL's own
 * {@code ENGINE_CACHE_DIR} and {@code DJL_CACHE_DIR} go before these.
 */
public final class ClipTokenizer implements AutoCloseable {
    private final NativeTokenizer tokenizer;
    private final int padId;
    private final UnaryOperator<String> clean;

    private ClipTokenizer(NativeTokenizer tokenizer, int padId, UnaryOperator<String> clean) {
        this.tokenizer = tokenizer;
        this.padId = padId;
        this.clean = clean;
    }

    /** Whether a folder holds what {@link #open} needs. */
    public static boolean isIn(Path folder) {
        TokenizerFiles files = new TokenizerFiles(folder);
        return files.has("tokenizer.json") || (files.has("vocab.json") && files.has("merges.txt"));
    }

    /**
     * Opens the tokenizer in a folder.
     *
     * @param folder holds tokenizer.json, or vocab.json and merges.txt; tokenizer_config.json and
     *     special_tokens_map.json are read where there. Their defaults are CLIP's: {@code <|startoftext|>} as BOS,
     *     {@code <|endoftext|>} as EOS, for padding and for the unknown
     * @return a tokenizer for the caller to close
     * @throws InvalidInputException if a file is missing or broken, naming it
     * @throws io.irscale.error.LibraryException if the native tokenizers library cannot be loaded
     */
    public static ClipTokenizer open(Path folder) {
        TokenizerFiles files = new TokenizerFiles(folder);
        Path source;
        JsonNode root;
        if (files.has("tokenizer.json")) {
            source = files.path("tokenizer.json");
            root = files.json("tokenizer.json");
        } else if (files.has("vocab.json") && files.has("merges.txt")) {
            source = files.path("vocab.json");
            root = ClipTokenizerJson.of(files);
        } else {
            throw new InvalidInputException(
                    folder + ": holds no CLIP tokenizer: neither tokenizer.json nor vocab.json with merges.txt");
        }
        int padId = TokenizerJson.idOf(source, root, files.specialToken("pad_token", ClipTokenizerJson.END));
        return new ClipTokenizer(NativeTokenizer.open("CLIP", source, root, 2), padId, UnaryOperator.identity());
    }

    /**
     * The same for a CLIP of open_clip ({@code SimpleTokenizer} in its tokenizer.py): the prompt is cleaned first, of
     * curly quotes, HTML references and the like but not of mojibake; padding is id 0; {@code <|startoftext|>} and
     * {@code <|endoftext|>} in a prompt are text. What {@link TokenIds#cut} tells is of the cleaned prompt.
     */
    public static ClipTokenizer openClip(Path folder) {
        ClipTokenizer plain = open(folder);
        return new ClipTokenizer(plain.tokenizer, 0, ClipTokenizer::cleanForOpenClip);
    }

    // A space inside keeps a special token's text from being one; it changes no other token.
    private static String cleanForOpenClip(String prompt) {
        return OpenClipText.clean(prompt).replaceAll("<\\|((?:start|end)oftext)\\|>", "<| $1 |>");
    }

    /**
     * Encodes one prompt.
     *
     * @param prompt any text, empty too
     * @param maxLength the number of ids wanted, at least 2; 77 for every published CLIP
     * @return BOS, the prompt, EOS, padding; a prompt too long loses its end, never EOS
     * @throws InvalidInputException if the prompt holds a lone surrogate, or {@code maxLength} is too small
     * @throws ClosedException after {@link #close()}
     */
    public TokenIds encode(String prompt, int maxLength) {
        return tokenizer.encode(clean.apply(prompt), maxLength, padId);
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
