package io.irscale.verify;

import io.irscale.ffi.NativeSiglip;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * From images to the input of a SigLIP 2 of any resolution (transformers {@code Siglip2ImageProcessor}): bilinear with
 * antialias to the largest size of the same aspect ratio, but for the rounding to whole patches, that has no more patches
 * than asked for.
 *
 * @param patch edge of a patch in pixels
 * @param patches most patches
 * @param mean per colour
 * @param std per colour, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // three numbers each, compared by nobody
record NaflexPreprocessing(int patch, int patches, double[] mean, double[] std) implements Preprocessing {
    private static final double PRECISION = 1e-5;
    private static final double LARGEST_SCALE = 100;

    @Override
    public Tensor apply(Tensor images) {
        double scale = scale(images.size(2), images.size(3));
        try (Arena arena = Arena.ofConfined()) {
            return Tensor.create(out -> NativeSiglip.preprocess(
                    out,
                    images.handle(),
                    scaled(scale, images.size(2)),
                    scaled(scale, images.size(3)),
                    arena.allocateFrom(ValueLayout.JAVA_DOUBLE, mean),
                    arena.allocateFrom(ValueLayout.JAVA_DOUBLE, std)));
        }
    }

    // By the reference's own bisection (get_image_size_for_max_num_patches), whose last step decides at the limit.
    private double scale(long height, long width) {
        double low = PRECISION / 10;
        double high = LARGEST_SCALE;
        while (high - low >= PRECISION) {
            double middle = (low + high) / 2;
            long count = (long) (scaled(middle, height) / patch) * (scaled(middle, width) / patch);
            if (count <= patches) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    // Whole patches, at least one.
    private int scaled(double scale, long size) {
        return Math.max(patch, Math.toIntExact((long) Math.ceil(size * scale / patch) * patch));
    }

    @Override
    public int fullEdge() {
        return (int) Math.ceil(Math.sqrt(patches)) * patch;
    }

    @Override
    public String describe() {
        return "8 bits, bilinear to at most %d patches of %d, mean %s, std %s"
                .formatted(patches, patch, Arrays.toString(mean), Arrays.toString(std));
    }
}
