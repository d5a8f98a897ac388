package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipSource;
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

    /** What an image goes through before the model. */
    public ClipPreprocessing preprocessing() {
        return preprocessing;
    }

    @Override
    public float[] score(Tensor images, List<String> prompts) {
        if (images.size(0) != prompts.size()) {
            throw new InvalidInputException("clip: %d images come with %d prompts, expected one an image"
                    .formatted(images.size(0), prompts.size()));
        }
        List<String> unique = prompts.stream().distinct().toList();
        try (Tensor pixels = preprocessing.apply(images);
                Tensor image = clip.embedImage(pixels);
                Tensor text = textEmbeddings(unique);
                Tensor cosines = Clip.cosine(image, text)) {
            float[] all = cosines.floats();
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
        return embeddings.computeIfAbsent(
                prompt,
                key -> clip.embedText(
                        List.of(tokenizer.encode(key, clip.config().positions()))));
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
