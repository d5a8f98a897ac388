package io.irscale.evaluate;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.verify.ClipPreprocessing;
import io.irscale.verify.ClipVerifier;
import java.nio.file.Path;
import java.util.Arrays;

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
     * @param folder as {@link ClipVerifier#open} takes it
     * @param tokenizerFolder likewise
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong, or it has no image
     *     tower
     */
    public static ClipImageEncoder open(Path folder, Path tokenizerFolder, Device device, DType dtype) {
        ClipVerifier clip = ClipVerifier.open(folder, tokenizerFolder, device, dtype);
        try {
            String weights = WeightsHash.of(folder, "model", "open_clip_model", "open_clip_pytorch_model");
            return new ClipImageEncoder(clip, device, weights);
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
        ClipPreprocessing steps = clip.preprocessing();
        return "8 bits, bicubic to %d, crop to %d (half of an odd margin %s), mean %s, std %s"
                .formatted(
                        steps.resize(),
                        steps.crop(),
                        steps.halfEven() ? "to even" : "down",
                        Arrays.toString(steps.mean()),
                        Arrays.toString(steps.std()));
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
