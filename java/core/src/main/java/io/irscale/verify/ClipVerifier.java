package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipTokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Cosine between CLIP's embeddings of the image and of the prompt. The image counts as its 8-bit file will hold it;
 * prompts are embedded once each.
 */
public final class ClipVerifier implements Verifier {
    private static final int CACHED_PROMPTS = 64;

    private final Clip clip;
    private final ClipTokenizer tokenizer;
    private final ClipPreprocessing preprocessing;
    private final LinkedHashMap<String, Tensor> embeddings = new LinkedHashMap<>(16, 0.75f, true);

    private ClipVerifier(Clip clip, ClipTokenizer tokenizer, ClipPreprocessing preprocessing) {
        this.clip = clip;
        this.tokenizer = tokenizer;
        this.preprocessing = preprocessing;
    }

    /**
     * Loads a transformers CLIPModel.
     *
     * @param folder {@code config.json}, {@code model*.safetensors} and perhaps {@code preprocessor_config.json}
     * @param tokenizerFolder {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}
     * @throws InvalidInputException if files, names, shapes or values are wrong, or it has no image tower
     */
    public static ClipVerifier open(Path folder, Path tokenizerFolder, Device device, DType dtype) {
        ClipTokenizer tokenizer = ClipTokenizer.open(tokenizerFolder);
        try {
            Clip clip = Clip.open(folder, device, dtype);
            try {
                if (clip.config().image().isEmpty()) {
                    throw new InvalidInputException(
                            folder + ": is a CLIP text encoder, expected a CLIPModel with an image tower");
                }
                return new ClipVerifier(
                        clip,
                        tokenizer,
                        ClipPreprocessing.read(folder, clip.config().imageSize()));
            } catch (RuntimeException e) {
                clip.close();
                throw e;
            }
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "clip";
    }

    @Override
    public float[] score(Tensor images, String prompt) {
        Tensor text = embeddings.computeIfAbsent(
                prompt,
                key -> clip.embedText(
                        List.of(tokenizer.encode(key, clip.config().positions()))));
        evict();
        try (Tensor pixels = preprocessing.apply(images);
                Tensor image = clip.embedImage(pixels);
                Tensor cosines = Clip.cosine(image, text)) {
            return cosines.floats();
        }
    }

    // The least recently used goes first; the newest never does.
    private void evict() {
        while (embeddings.size() > CACHED_PROMPTS) {
            embeddings.pollFirstEntry().getValue().close();
        }
    }

    @Override
    public void close() {
        embeddings.values().forEach(Tensor::close);
        embeddings.clear();
        clip.close();
        tokenizer.close();
    }
}
