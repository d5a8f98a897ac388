package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipSource;
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

    /** {@link #open(ClipSource, Path, Device, DType)} of a folder or file with a configuration. */
    public static ClipVerifier open(Path path, Path tokenizerFolder, Device device, DType dtype) {
        return open(ClipSource.of(path), tokenizerFolder, device, dtype);
    }

    /**
     * Loads a CLIP of transformers or of open_clip, with that one's own preprocessing of texts and images.
     *
     * @param source as {@link Clip#open(ClipSource, Device, DType)} takes it; beside the weights perhaps {@code
     *     processor_config.json} or {@code preprocessor_config.json}
     * @param tokenizerFolder {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}
     * @throws InvalidInputException if files, names, shapes or values are wrong, or it has no image tower
     */
    public static ClipVerifier open(ClipSource source, Path tokenizerFolder, Device device, DType dtype) {
        Clip clip = Clip.open(source, device, dtype);
        Path folder = source.folder();
        try {
            if (clip.config().image().isEmpty()) {
                throw new InvalidInputException(
                        source.path() + ": is a CLIP text encoder, expected a CLIPModel with an image tower");
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
