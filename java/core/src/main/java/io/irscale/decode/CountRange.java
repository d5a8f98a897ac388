package io.irscale.decode;

import io.irscale.error.InvalidInputException;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The counts of an infrared camera, or other units of its own, that black and white stand for. A value x in [0, 1] is the
 * count {@code min + x (max - min)}.
 *
 * @param min what 0 stands for, finite
 * @param max what 1 stands for, finite, above {@code min}
 */
public record CountRange(double min, double max) {
    /** The key under which trained models and images state it. */
    public static final String KEY = "irscale_range";

    private static final String NUMBER = "([-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)";
    private static final Pattern TEXT = Pattern.compile(NUMBER + "\\.\\." + NUMBER);
    private static final int LARGEST = 65535;

    /** @throws InvalidInputException if an end is not finite, or {@code max} is not above {@code min} */
    public CountRange {
        if (!Double.isFinite(min) || !Double.isFinite(max) || !(max > min)) {
            throw new InvalidInputException(
                    "range %s..%s: expected two finite numbers, the second above the first, such as 7000..9000"
                            .formatted(min, max));
        }
    }

    /**
     * Reads {@code MIN..MAX}.
     *
     * @throws InvalidInputException if it is not of that form
     */
    public static CountRange parse(String text) {
        Matcher ends = TEXT.matcher(text.strip());
        if (!ends.matches()) {
            throw new InvalidInputException("range %s: expected MIN..MAX, such as 7000..9000".formatted(text));
        }
        return new CountRange(Double.parseDouble(ends.group(1)), Double.parseDouble(ends.group(2)));
    }

    /** Whether its ends are whole numbers of 16 bits, so that a 16-bit image can hold the counts themselves. */
    public boolean isOfCounts() {
        return Math.rint(min) == min && Math.rint(max) == max && min >= 0 && max <= LARGEST;
    }

    /** The value in [0, 1] of a count; those outside of the range become 0 or 1. */
    public double value(double count) {
        return Math.clamp((count - min) / (max - min), 0, 1);
    }

    /** {@code MIN..MAX}, which {@link #parse} reads back to the same numbers. */
    @Override
    public String toString() {
        return plain(min) + ".." + plain(max);
    }

    /** A number without exponent and without zeros at its end. */
    public static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
