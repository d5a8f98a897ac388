package io.irscale.evaluate;

import io.irscale.feature.Dinov2;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;

/**
 * The class token of DINOv2 (Stein et al. 2023, arXiv 2306.04675, and its code dgm-eval): images are squeezed to 224 x 224,
 * not cropped. Published distances are of ViT-L/14.
 */
public final class Dinov2Encoder implements FeatureEncoder {
    private static final int EDGE = 224;

    private final Dinov2 dinov2;
    private final Device device;
    private final String weights;

    private Dinov2Encoder(Dinov2 dinov2, Device device) {
        this.dinov2 = dinov2;
        this.device = device;
        this.weights = WeightsHash.of(dinov2.weights());
    }

    /**
     * Loads a DINOv2 of transformers.
     *
     * @param folder as {@link Dinov2#open} takes it
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong
     */
    public static Dinov2Encoder open(Path folder, Device device, DType dtype) {
        Dinov2 dinov2 = Dinov2.open(folder, device, dtype);
        try {
            return new Dinov2Encoder(dinov2, device);
        } catch (RuntimeException e) {
            dinov2.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "dinov2";
    }

    @Override
    public String weights() {
        return weights;
    }

    @Override
    public String preprocessing() {
        return "8 bits, bicubic to 224 x 224 with antialias, clamped, mean and std of ImageNet";
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Features encode(Tensor images) {
        try (Tensor input = Dinov2.preprocess(images, EDGE);
                Tensor features = dinov2.embed(input)) {
            return Features.of(features);
        }
    }

    @Override
    public void close() {
        dinov2.close();
    }
}
