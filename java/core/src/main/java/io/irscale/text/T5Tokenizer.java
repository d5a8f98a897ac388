package io.irscale.text;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * T5's tokenizer: SentencePiece's unigram model with one end token (EOS) after the prompt and none before it, read from
 * the tokenizer.json that FLUX publishes.
 *
 * <p>It holds native memory until closed. Safe for many threads, one at a time. It never goes online; for the folder of
 * its native library see {@link ClipTokenizer}.
 */
public final class T5Tokenizer implements AutoCloseable {
    private final NativeTokenizer tokenizer;
    private final int padId;

    private T5Tokenizer(NativeTokenizer tokenizer, int padId) {
        this.tokenizer = tokenizer;
        this.padId = padId;
    }

    /**
     * Opens the tokenizer in a folder.
     *
     * @param folder holds tokenizer.json; tokenizer_config.json and special_tokens_map.json are read where there, else
     *     {@code <pad>} pads, which is id 0
     * @return a tokenizer for the caller to close
     * @throws InvalidInputException if a file is missing or broken, naming it
     * @throws io.irscale.error.LibraryException if the native tokenizers library cannot be loaded
     */
    public static T5Tokenizer open(Path folder) {
        TokenizerFiles files = new TokenizerFiles(folder);
        Path source = files.path("tokenizer.json");
        if (!files.has("tokenizer.json")) {
            throw new InvalidInputException(
                    files.has("spiece.model")
                            ? source
                                    + ": is missing, and spiece.model is not read; transformers writes the one from the"
                                    + " other: T5TokenizerFast.from_pretrained(folder).save_pretrained(folder)"
                            : source + ": is missing; a T5 tokenizer was expected");
        }
        JsonNode root = files.json("tokenizer.json");
        int padId = TokenizerJson.idOf(source, root, files.specialToken("pad_token", "<pad>"));
        return new T5Tokenizer(NativeTokenizer.open("T5", source, root, 1), padId);
    }

    /**
     * Encodes one prompt.
     *
     * @param prompt any text, empty too
     * @param maxLength the number of ids wanted, at least 1; FLUX.1 [dev] takes up to 512, [schnell] up to 256
     * @return the prompt, EOS, padding; a prompt too long loses its end, never EOS
     * @throws InvalidInputException if the prompt holds a lone surrogate, or {@code maxLength} is too small
     * @throws ClosedException after {@link #close()}
     */
    public TokenIds encode(String prompt, int maxLength) {
        return tokenizer.encode(prompt, maxLength, padId);
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
