package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts to txt and vec: T5 at up to 512 tokens, CLIP's pooled state at 77 (diffusers
 * {@code pipeline_flux.py}). Borrows its parts.
 */
public final class PromptEncoder {
    /** Most T5 tokens. */
    public static final int MAX_SEQUENCE_LENGTH = 512;

    private final Clip clip;
    private final T5Encoder t5;
    private final ClipTokenizer clipTokenizer;
    private final T5Tokenizer t5Tokenizer;

    /** Borrows its parts. */
    public PromptEncoder(Clip clip, T5Encoder t5, ClipTokenizer clipTokenizer, T5Tokenizer t5Tokenizer) {
        this.clip = clip;
        this.t5 = t5;
        this.clipTokenizer = clipTokenizer;
        this.t5Tokenizer = t5Tokenizer;
    }

    /** A prompt's ids for both encoders. */
    public record Tokens(TokenIds clip, TokenIds t5) {}

    /**
     * Tokenizes a prompt.
     *
     * @param maxSequenceLength T5 tokens, 1 to {@value #MAX_SEQUENCE_LENGTH}
     */
    public Tokens tokenize(String prompt, int maxSequenceLength) {
        if (maxSequenceLength < 1 || maxSequenceLength > MAX_SEQUENCE_LENGTH) {
            throw new InvalidInputException(
                    "max sequence length is %d, expected 1 to %d".formatted(maxSequenceLength, MAX_SEQUENCE_LENGTH));
        }
        return new Tokens(
                clipTokenizer.encode(prompt, clip.config().positions()), t5Tokenizer.encode(prompt, maxSequenceLength));
    }

    /** Encodes prompts in one batch; each embedding is the caller's to close. */
    public List<TextEmbedding> encode(List<Tokens> prompts) {
        List<TextEmbedding> out = new ArrayList<>();
        try (Clip.TextFeatures features =
                        clip.encodeText(prompts.stream().map(Tokens::clip).toList());
                Tensor txt = t5.encode(prompts.stream().map(Tokens::t5).toList())) {
            for (int i = 0; i < prompts.size(); i++) {
                out.add(new TextEmbedding(txt.slice(i, 1), features.pooled().slice(i, 1)));
            }
        }
        return out;
    }
}
