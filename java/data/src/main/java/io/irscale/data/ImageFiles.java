package io.irscale.data;

import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Images on the disk, in a fixed order; read when they are needed. Immutable. */
public final class ImageFiles {
    /** What the names of images end in. */
    static final String ENDINGS = "*.png, *.jpg, *.jpeg, *.tif or *.tiff";

    private final List<Path> files;

    private ImageFiles(List<Path> files) {
        this.files = List.copyOf(files);
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
     * The given files.
     *
     * @throws InvalidInputException if there are none
     */
    public static ImageFiles of(List<Path> files) {
        if (files.isEmpty()) {
            throw new InvalidInputException("images: 0 files, expected at least 1");
        }
        return new ImageFiles(files);
    }

    /**
     * The PNG, JPEG and TIFF files of a folder in the order of their names; not those of folders in it.
     *
     * @throws InvalidInputException if it cannot be read or has none
     */
    public static ImageFiles in(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + ": is not a folder");
        }
        List<Path> images = Folders.images(folder);
        if (images.isEmpty()) {
            throw new InvalidInputException(folder + ": holds no " + ENDINGS);
        }
        return new ImageFiles(images);
    }

    static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Stream.of(".png", ".jpg", ".jpeg", ".tif", ".tiff").anyMatch(name::endsWith);
    }

    /** The files. */
    public List<Path> files() {
        return files;
    }

    /** How many. */
    public int count() {
        return files.size();
    }

    /**
     * Reads all files in order. Neighbours of one size share a batch.
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
        for (int i = 0; i < files.size(); i++) {
            Image image = ImageFile.read(files.get(i));
            boolean fits = gathered.isEmpty()
                    || (gathered.getFirst().height() == image.height()
                            && gathered.getFirst().width() == image.width());
            if (!fits || gathered.size() == most) {
                pass(gathered, i - gathered.size(), device, batch);
                gathered.clear();
            }
            gathered.add(image);
        }
        pass(gathered, files.size() - gathered.size(), device, batch);
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
