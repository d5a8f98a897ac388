package io.irscale.data.image;

import io.irscale.decode.CountRange;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The least and the largest of some samples.
 *
 * @param min infinite where there are no samples but NaN
 * @param max likewise
 */
public record Extent(double min, double max) {
    private static final int DIGITS = 6;

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

    /** {@code 7012..9120}, as {@code --range} takes it: of other than whole numbers 6 digits, rounded outwards. */
    @Override
    public String toString() {
        return text(min, RoundingMode.FLOOR) + ".." + text(max, RoundingMode.CEILING);
    }

    private static String text(double end, RoundingMode outwards) {
        if (Double.isInfinite(end)) {
            return Double.toString(end);
        }
        return Math.rint(end) == end
                ? CountRange.plain(end)
                : new BigDecimal(end)
                        .round(new MathContext(DIGITS, outwards))
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
