package io.irscale.data.image;

import io.irscale.decode.CountRange;
import io.irscale.decode.Image;
import java.util.Arrays;
import java.util.Optional;

/**
 * The samples of an image file as it stores them. Immutable.
 *
 * @param source where it lies
 * @param width pixels
 * @param height pixels
 * @param channels 1 for grey, 3 for red, green and blue
 * @param type what a sample is
 * @param whiteIsZero whether small samples are bright
 * @param stated the samples that black and white stand for, where the file says so itself
 * @param pages images in the file, of which this is the first
 * @param samples (channels, height, width), planar; not written to
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; compared by nobody
public record RawImage(
        ImageSource source,
        int width,
        int height,
        int channels,
        SampleType type,
        boolean whiteIsZero,
        Optional<CountRange> stated,
        int pages,
        double[] samples) {
    private static final int WIDENED = 257; // 255 becomes 65535

    /** Whether its samples mean nothing until somebody says which of them are black and white. */
    boolean needsRange() {
        return !type.isPicture() && stated.isEmpty();
    }

    /** Its black and white where nobody chooses: those that the file states, or the ends of the samples' type. */
    Optional<CountRange> ownRange() {
        return stated.or(type::full);
    }

    /** The least and the largest of its samples. */
    Extent extent() {
        return Extent.of(samples);
    }

    boolean hasNaN() {
        return Arrays.stream(samples).anyMatch(Double::isNaN);
    }

    /** Whether no sample lies outside of a range. */
    boolean within(CountRange range) {
        Extent extent = extent();
        return extent.min() >= range.min() && extent.max() <= range.max();
    }

    /** Whether it is a picture of 8 bits that was widened to 16: both bytes of every sample are the same. */
    boolean isWidened() {
        for (double sample : samples) {
            if (sample % WIDENED != 0) {
                return false;
            }
        }
        return type.equals(new SampleType(SampleType.Kind.UNSIGNED, 16));
    }

    /** The image whose black and white are the ends of a range, grey in all channels where it is grey; NaN is black. */
    Image scaled(CountRange range) {
        int plane = width * height;
        float[] values = new float[3 * plane];
        for (int i = 0; i < samples.length; i++) {
            double value = Double.isNaN(samples[i]) ? 0 : range.value(samples[i]);
            values[i] = (float) (whiteIsZero ? 1 - value : value);
        }
        for (int channel = channels; channel < 3; channel++) {
            System.arraycopy(values, 0, values, channel * plane, plane);
        }
        return new Image(height, width, values);
    }
}
