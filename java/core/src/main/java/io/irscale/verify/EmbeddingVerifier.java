package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.ClipSource;
import io.irscale.text.SiglipConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * A model that embeds images and prompts in one space and scores how near they are. The image counts as its 8-bit file
 * will hold it; prompts are embedded once each.
 */
public abstract sealed class EmbeddingVerifier implements Verifier permits ClipVerifier, SiglipVerifier {
    private static final int CACHED_PROMPTS = 64;

    private final LinkedHashMap<String, Tensor> embeddings = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Loads a model of the family that {@code config.json} names, CLIP's where it names none.
     *
     * @param source as {@link ClipVerifier#open(ClipSource, Path, Device, DType)} or {@link SiglipVerifier#open} takes it
     * @param clipTokenizer from a CLIP to the folder that holds its tokenizer
     * @param dtype F32 or BF16
     * @throws InvalidInputException if files, names, shapes or values are wrong, or it has no image tower
     */
    public static EmbeddingVerifier open(
            ClipSource source, Function<ClipSource, Path> clipTokenizer, Device device, DType dtype) {
        return SiglipConfig.isIn(source.path())
                ? SiglipVerifier.open(source.path(), device, dtype)
                : ClipVerifier.open(source, clipTokenizer.apply(source), device, dtype);
    }

    /** What an image goes through before the model. */
    public abstract Preprocessing preprocessing();

    /** How many values an embedding has: d. */
    public abstract int width();

    /** The embeddings (N, d), of unit length, of preprocessed images; the caller's to close. */
    abstract Tensor embedPixels(Tensor pixels);

    /** The embedding (1, d), of unit length, of a prompt; the caller's to close. */
    abstract Tensor embedPrompt(String prompt);

    /** The scores (N, M) in F32 of embeddings (N, d) of images and (M, d) of texts; the caller's to close. */
    abstract Tensor compare(Tensor images, Tensor texts);

    /** Frees the model and its tokenizer. */
    abstract void closeModel();

    /** The embeddings (N, d), of unit length, of images (N, 3, H, W) in [0, 1]; the caller's to close. */
    public Tensor embedImages(Tensor images) {
        try (Tensor pixels = preprocessing().apply(images)) {
            return embedPixels(pixels);
        }
    }

    @Override
    public float[] score(Tensor images, List<String> prompts) {
        if (images.size(0) != prompts.size()) {
            throw new InvalidInputException("%s: %d images come with %d prompts, expected one an image"
                    .formatted(name(), images.size(0), prompts.size()));
        }
        List<String> unique = prompts.stream().distinct().toList();
        try (Tensor image = embedImages(images);
                Tensor text = textEmbeddings(unique);
                Tensor scores = compare(image, text)) {
            float[] all = scores.floats();
            float[] own = new float[prompts.size()];
            for (int i = 0; i < own.length; i++) {
                own[i] = all[i * unique.size() + unique.indexOf(prompts.get(i))];
            }
            return own;
        }
    }

    /** The embedding (1, d), of unit length, of a prompt; borrowed, and valid until the next prompt is asked for. */
    public Tensor textEmbedding(String prompt) {
        Tensor embedding = embed(prompt);
        evict();
        return embedding;
    }

    /** The embeddings (N, d), of unit length, of N prompts; the caller's to close. */
    public Tensor textEmbeddings(List<String> prompts) {
        try {
            return Tensor.concat(prompts.stream().map(this::embed).toList());
        } finally {
            evict();
        }
    }

    private Tensor embed(String prompt) {
        return embeddings.computeIfAbsent(prompt, this::embedPrompt);
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
        closeModel();
    }
}
