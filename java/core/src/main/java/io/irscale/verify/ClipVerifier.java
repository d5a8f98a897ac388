package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipTokenizer;
import java.nio.file.Path;
import java.util.List;

/** Cosine between CLIP's embeddings of the image and of the prompt. */
public final class ClipVerifier extends EmbeddingVerifier {
    private final Clip clip;
    private final ClipTokenizer tokenizer;
    private final ClipPreprocessing preprocessing;

    private ClipVerifier(Clip clip, ClipPreprocessing preprocessing, ClipTokenizer tokenizer) {
        this.clip = clip;
        this.preprocessing = preprocessing;
        this.tokenizer = tokenizer;
    }

    /**
     * Loads a CLIP of transformers or of open_clip, with that one's own preprocessing of texts and images.
     *
     * @param folder {@code config.json}, {@code model*.safetensors} and perhaps {@code preprocessor_config.json}; or
     *     {@code open_clip_config.json} and {@code open_clip_model.safetensors}
     * @param tokenizerFolder {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}
     * @throws InvalidInputException if files, names, shapes or values are wrong, or it has no image tower
     */
    public static ClipVerifier open(Path folder, Path tokenizerFolder, Device device, DType dtype) {
        Clip clip = Clip.open(folder, device, dtype);
        try {
            if (clip.config().image().isEmpty()) {
                throw new InvalidInputException(
                        folder + ": is a CLIP text encoder, expected a CLIPModel with an image tower");
            }
            int size = clip.config().imageSize();
            return switch (clip.layout()) {
                case TRANSFORMERS ->
                    new ClipVerifier(clip, ClipPreprocessing.read(folder, size), ClipTokenizer.open(tokenizerFolder));
                case OPEN_CLIP ->
                    new ClipVerifier(
                            clip,
                            ClipPreprocessing.readOpenClip(folder, size),
                            ClipTokenizer.openClip(tokenizerFolder));
            };
        } catch (RuntimeException e) {
            clip.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "clip";
    }

    /** The model; borrowed. */
    public Clip clip() {
        return clip;
    }

    @Override
    public ClipPreprocessing preprocessing() {
        return preprocessing;
    }

    @Override
    public int width() {
        return clip.config().projection();
    }

    @Override
    Tensor embedPixels(Tensor pixels) {
        return clip.embedImage(pixels);
    }

    @Override
    Tensor embedPrompt(String prompt) {
        return clip.embedText(List.of(tokenizer.encode(prompt, clip.config().positions())));
    }

    @Override
    Tensor compare(Tensor images, Tensor texts) {
        return Clip.cosine(images, texts);
    }

    @Override
    void closeModel() {
        clip.close();
        tokenizer.close();
    }
}
