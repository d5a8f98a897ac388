package io.irscale.data;

import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Scaling;
import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Images in a fixed order; read when they are needed. Immutable. */
public final class ImageFiles {
    private final List<ImageSource> sources;
    private final Scaling scaling;

    private ImageFiles(List<ImageSource> sources, Scaling scaling) {
        this.sources = List.copyOf(sources);
        this.scaling = scaling;
    }

    /** What is done with a batch. */
    @FunctionalInterface
    public interface Batch {
        /**
         * Takes some images.
         *
         * @param images (N, 3, H, W) in [0, 1] in F32; valid during the call
         * @param first index of the first
         */
        void accept(Tensor images, int first);
    }

    /**
     * Of given sources.
     *
     * @param scaling what makes their samples values in [0, 1]
     * @throws InvalidInputException if there are none
     */
    public static ImageFiles of(List<ImageSource> sources, Scaling scaling) {
        if (sources.isEmpty()) {
            throw new InvalidInputException("images: 0 files, expected at least 1");
        }
        return new ImageFiles(sources, scaling);
    }

    /**
     * Pictures in files of their own.
     *
     * @throws InvalidInputException if there are none
     */
    public static ImageFiles ofFiles(List<Path> files) {
        return of(files.stream().map(ImageSource::of).toList(), Scaling.pictures());
    }

    /** Where they lie. */
    public List<ImageSource> sources() {
        return sources;
    }

    /** How many. */
    public int count() {
        return sources.size();
    }

    /**
     * Reads all in order. Neighbours of one size share a batch.
     *
     * @param most images in one, at least 1
     * @param device where the tensors go
     * @throws InvalidInputException if a file cannot be read as an image, or {@code most} is below 1
     */
    public void forEachBatch(int most, Device device, Batch batch) {
        if (most < 1) {
            throw new InvalidInputException("batch of %d images, expected at least 1".formatted(most));
        }
        List<Image> gathered = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            Image image = scaling.read(sources.get(i));
            boolean fits = gathered.isEmpty()
                    || (gathered.getFirst().height() == image.height()
                            && gathered.getFirst().width() == image.width());
            if (!fits || gathered.size() == most) {
                pass(gathered, i - gathered.size(), device, batch);
                gathered.clear();
            }
            gathered.add(image);
        }
        pass(gathered, sources.size() - gathered.size(), device, batch);
    }

    private static void pass(List<Image> images, int first, Device device, Batch batch) {
        Image one = images.getFirst();
        float[] all = new float[Math.multiplyExact(images.size(), one.values().length)];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).values(), 0, all, i * one.values().length, one.values().length);
        }
        try (Tensor host = Tensor.of(all, images.size(), 3, one.height(), one.width());
                Tensor tensor = host.to(device, DType.F32)) {
            batch.accept(tensor, first);
        }
    }
}
