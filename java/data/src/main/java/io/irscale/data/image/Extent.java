package io.irscale.data.image;

import io.irscale.decode.CountRange;

/**
 * The least and the largest of some samples.
 *
 * @param min infinite where there are no samples but NaN
 * @param max likewise
 */
public record Extent(double min, double max) {
    /** Of nothing. */
    static final Extent NONE = new Extent(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    static Extent of(double[] samples) {
        double min = NONE.min;
        double max = NONE.max;
        for (double sample : samples) {
            if (sample < min) { // not so of NaN
                min = sample;
            }
            if (sample > max) {
                max = sample;
            }
        }
        return new Extent(min, max);
    }

    /** What holds both. */
    Extent with(Extent other) {
        return new Extent(Math.min(min, other.min), Math.max(max, other.max));
    }

    /** Whether all samples are alike. */
    boolean isFlat() {
        return !(max > min);
    }

    /** {@code 7012..9120}, as {@code --range} takes it. */
    @Override
    public String toString() {
        return Double.isInfinite(min) || Double.isInfinite(max)
                ? min + ".." + max
                : CountRange.plain(min) + ".." + CountRange.plain(max);
    }
}
