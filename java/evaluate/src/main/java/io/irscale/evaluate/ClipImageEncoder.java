package io.irscale.evaluate;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SavedWeights;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipSource;
import io.irscale.verify.EmbeddingVerifier;
import java.nio.file.Path;
import java.util.function.Function;

/** The image embeddings of a CLIP or SigLIP, of unit length, with its own preprocessing: for CMMD and any other distance. */
public final class ClipImageEncoder implements FeatureEncoder {
    private final EmbeddingVerifier clip;
    private final Device device;
    private final String weights;

    private ClipImageEncoder(EmbeddingVerifier clip, Device device, String weights) {
        this.clip = clip;
        this.device = device;
        this.weights = weights;
    }

    /**
     * Loads a CLIP of transformers or of open_clip, or a SigLIP.
     *
     * @param source as {@link EmbeddingVerifier#open} takes it
     * @param clipTokenizer likewise
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong, or it has no image
     *     tower
     */
    public static ClipImageEncoder open(
            ClipSource source, Function<ClipSource, Path> clipTokenizer, Device device, DType dtype) {
        EmbeddingVerifier clip = EmbeddingVerifier.open(source, clipTokenizer, device, dtype);
        try (SavedWeights weights = Clip.weights(source.path())) {
            return new ClipImageEncoder(clip, device, WeightsHash.of(weights.tensors()));
        } catch (RuntimeException e) {
            clip.close();
            throw e;
        }
    }

    /** The same model as a verifier, for {@link ClipScore}; borrowed. */
    public EmbeddingVerifier verifier() {
        return clip;
    }

    @Override
    public String name() {
        return "clip";
    }

    @Override
    public String weights() {
        return weights;
    }

    @Override
    public String preprocessing() {
        return clip.preprocessing().describe();
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Features encode(Tensor images) {
        try (Tensor embedding = clip.embedImages(images)) {
            return Features.of(embedding);
        }
    }

    @Override
    public void close() {
        clip.close();
    }
}
