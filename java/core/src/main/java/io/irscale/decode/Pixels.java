package io.irscale.decode;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns a decoded image into whole-number pixels.
 *
 * <p>The image is fp32, planar (3, H, W), nominally in [0, 1]; values outside are clamped. A value x becomes
 * {@code round(x * scale)} with the product in fp32 and halves going to the even neighbour, as
 * {@code VaeImageProcessor.numpy_to_pil} of diffusers (image_processor.py) does through numpy. Grey is taken from the
 * float values, not from rounded bytes, as luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, the weights of
 * {@code PIL.Image.convert("L")}; where R = G = B that is the value itself.
 */
public final class Pixels {
    private static final float BYTE = 255f;
    private static final float SHORT = 65535f;

    private Pixels() {}

    /**
     * Three bytes a pixel.
     *
     * @param image fp32 (3, H, W), only read
     * @param height H
     * @param width W
     * @return (H, W, 3), R first
     * @throws InvalidInputException if the sizes do not fit, or a value is NaN
     */
    public static byte[] rgb8(MemorySegment image, int height, int width) {
        int plane = plane(image, height, width);
        byte[] rgb = new byte[3 * plane];
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < plane; i++) {
                rgb[3 * i + channel] = (byte) round(value(image, channel, plane, i, width), BYTE);
            }
        }
        return rgb;
    }

    /**
     * One byte of luma a pixel.
     *
     * @param image fp32 (3, H, W), only read
     * @param height H
     * @param width W
     * @return (H, W)
     * @throws InvalidInputException if the sizes do not fit, or a value is NaN
     */
    public static byte[] grey8(MemorySegment image, int height, int width) {
        int plane = plane(image, height, width);
        byte[] grey = new byte[plane];
        for (int i = 0; i < plane; i++) {
            grey[i] = (byte) round(luma(image, plane, i, width), BYTE);
        }
        return grey;
    }

    /**
     * Sixteen bits of luma a pixel: relative intensities, not temperatures.
     *
     * @param image fp32 (3, H, W), only read
     * @param height H
     * @param width W
     * @return (H, W), unsigned
     * @throws InvalidInputException if the sizes do not fit, or a value is NaN
     */
    public static short[] grey16(MemorySegment image, int height, int width) {
        int plane = plane(image, height, width);
        short[] grey = new short[plane];
        for (int i = 0; i < plane; i++) {
            grey[i] = (short) round(luma(image, plane, i, width), SHORT);
        }
        return grey;
    }

    /**
     * Sixteen bits of luma a pixel, in whole counts of a range.
     *
     * @param image fp32 (3, H, W), only read
     * @param height H
     * @param width W
     * @param range black and white, within 0..65535
     * @return (H, W), unsigned
     * @throws InvalidInputException if the sizes do not fit, or a value is NaN
     */
    static short[] counts16(MemorySegment image, int height, int width, CountRange range) {
        int plane = plane(image, height, width);
        short[] counts = new short[plane];
        for (int i = 0; i < plane; i++) {
            double luma = luma(image, plane, i, width);
            counts[i] = (short) (int) Math.rint(range.min() + luma * (range.max() - range.min()));
        }
        return counts;
    }

    private static int plane(MemorySegment image, int height, int width) {
        long bytes = 3L * Float.BYTES * height * width;
        if (height <= 0 || width <= 0 || bytes > Integer.MAX_VALUE || image.byteSize() != bytes) {
            throw new InvalidInputException("image of height " + height + " and width " + width + ": holds "
                    + image.byteSize() + " bytes; (3, H, W) in fp32 takes " + bytes + ", at most " + Integer.MAX_VALUE);
        }
        return height * width;
    }

    /** Rounding the weighted sum to fp32 takes away what summing in double adds to a grey value. */
    private static float luma(MemorySegment image, int plane, int i, int width) {
        return (float) (0.299 * value(image, 0, plane, i, width)
                + 0.587 * value(image, 1, plane, i, width)
                + 0.114 * value(image, 2, plane, i, width));
    }

    private static float value(MemorySegment image, int channel, int plane, int i, int width) {
        float x = image.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) channel * plane + i);
        if (Float.isNaN(x)) {
            throw new InvalidInputException("the decoded image holds NaN, first at channel " + channel + ", row "
                    + i / width + ", column " + i % width);
        }
        return Math.clamp(x, 0f, 1f);
    }

    private static int round(float x, float scale) {
        return (int) Math.rint(x * scale);
    }
}
