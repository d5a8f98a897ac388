package io.irscale.evaluate;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SavedWeights;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipSource;
import io.irscale.verify.ClipVerifier;
import java.nio.file.Path;

/** The image embeddings of a CLIP, of unit length, with its own preprocessing: for CMMD and any other distance. */
public final class ClipImageEncoder implements FeatureEncoder {
    private final ClipVerifier clip;
    private final Device device;
    private final String weights;

    private ClipImageEncoder(ClipVerifier clip, Device device, String weights) {
        this.clip = clip;
        this.device = device;
        this.weights = weights;
    }

    /**
     * Loads a CLIP of transformers or of open_clip.
     *
     * @param source as {@link ClipVerifier#open(ClipSource, Path, Device, DType)} takes it
     * @param tokenizerFolder likewise
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong, or it has no image
     *     tower
     */
    public static ClipImageEncoder open(ClipSource source, Path tokenizerFolder, Device device, DType dtype) {
        ClipVerifier clip = ClipVerifier.open(source, tokenizerFolder, device, dtype);
        try (SavedWeights weights = Clip.weights(source.path())) {
            return new ClipImageEncoder(clip, device, WeightsHash.of(weights.tensors()));
        } catch (RuntimeException e) {
            clip.close();
            throw e;
        }
    }

    /** The same model as a verifier, for {@link ClipScore}; borrowed. */
    public ClipVerifier verifier() {
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
        try (Tensor pixels = clip.preprocessing().apply(images);
                Tensor embedding = clip.clip().embedImage(pixels)) {
            return Features.of(embedding);
        }
    }

    @Override
    public void close() {
        clip.close();
    }
}
