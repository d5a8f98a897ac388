package io.irscale.evaluate;

import io.irscale.feature.Inception;
import io.irscale.feature.InceptionPixels;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;

/** The pool3 features of FID's Inception, behind the preprocessing of pytorch-fid or of clean-fid: for FID and KID. */
public final class InceptionEncoder implements FeatureEncoder {
    private final Inception inception;
    private final InceptionPixels pixels;
    private final Device device;
    private final String weights;

    private InceptionEncoder(Inception inception, InceptionPixels pixels, Device device) {
        this.inception = inception;
        this.pixels = pixels;
        this.device = device;
        this.weights = WeightsHash.of(inception.weights());
    }

    /**
     * Loads the network.
     *
     * @param file as {@link Inception#open} takes it
     * @throws io.irscale.error.InvalidInputException if the file cannot be read or is of another network
     */
    public static InceptionEncoder open(Path file, InceptionPixels pixels, Device device) {
        Inception inception = Inception.open(file, device);
        try {
            return new InceptionEncoder(inception, pixels, device);
        } catch (RuntimeException e) {
            inception.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "inception";
    }

    @Override
    public String weights() {
        return weights;
    }

    @Override
    public String preprocessing() {
        return pixels.description();
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Features encode(Tensor images) {
        try (Tensor input = pixels.apply(images);
                Tensor features = inception.embed(input)) {
            return Features.of(features);
        }
    }

    @Override
    public void close() {
        inception.close();
    }
}
