package io.irscale.evaluate;

import io.irscale.data.ImageFiles;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** A network whose features of images are compared. It belongs to the thread that made it. */
public interface FeatureEncoder extends AutoCloseable {
    /** A short name for reports. */
    String name();

    /** SHA-256 of the weights, see {@link WeightsHash}. */
    String weights();

    /** From pixels to the network's input, in words: equal words, equal preprocessing. */
    String preprocessing();

    /** Where images have to be. */
    Device device();

    /** d of its features: it looks at a black image. */
    default int dimensions() {
        int edge = 64;
        try (Tensor black = Tensor.of(new float[3 * edge * edge], 1, 3, edge, edge);
                Tensor there = black.to(device(), DType.F32)) {
            return encode(there).dimensions();
        }
    }

    /**
     * The features of a batch.
     *
     * @param images (N, 3, H, W) in [0, 1], on the encoder's device; borrowed
     * @return (N, d)
     */
    Features encode(Tensor images);

    /**
     * The features of files, in their order.
     *
     * @param batch most images at once, at least 1
     */
    default Features encode(ImageFiles files, int batch) {
        return encode(files, batch, done -> {});
    }

    /**
     * The features of files, in their order.
     *
     * @param batch most images at once, at least 1
     * @param progress hears after each batch how many are done
     */
    default Features encode(ImageFiles files, int batch, IntConsumer progress) {
        List<Features> parts = new ArrayList<>();
        files.forEachBatch(batch, device(), (images, first) -> {
            parts.add(encode(images));
            progress.accept(first + Math.toIntExact(images.size(0)));
        });
        return Features.concat(parts);
    }

    @Override
    void close();
}
