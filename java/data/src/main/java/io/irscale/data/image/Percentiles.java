package io.irscale.data.image;

import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The percentiles of samples that black and white stand for.
 *
 * @param low at least 0
 * @param high above {@code low}, at most 100
 */
public record Percentiles(double low, double high) {
    private static final Pattern TEXT = Pattern.compile("([\\d.]+),([\\d.]+)");

    /** @throws InvalidInputException if they are not in order and in [0, 100] */
    public Percentiles {
        if (!(low >= 0 && high > low && high <= 100)) {
            throw new InvalidInputException(
                    "percentiles %s,%s: expected two from 0 to 100 in order, such as 1,99".formatted(low, high));
        }
    }

    static Percentiles parse(String text) {
        Matcher two = TEXT.matcher(text.strip());
        try {
            if (two.matches()) {
                return new Percentiles(Double.parseDouble(two.group(1)), Double.parseDouble(two.group(2)));
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new InvalidInputException(
                "percentiles %s: expected two from 0 to 100 in order, such as 1,99".formatted(text));
    }

    /**
     * What they are of some samples, between neighbours by a straight line, as numpy.percentile is; NaN counts nowhere.
     *
     * @param place of the samples, for messages
     * @param samples at least 1; sorted by this
     * @throws InvalidInputException if both come to the same
     */
    CountRange of(String place, double[] samples) {
        Arrays.sort(samples); // NaN last
        int count = samples.length;
        while (count > 0 && Double.isNaN(samples[count - 1])) {
            count--;
        }
        double black = count == 0 ? Double.NaN : at(low, samples, count);
        double white = count == 0 ? Double.NaN : at(high, samples, count);
        if (!(white > black)) {
            throw new InvalidInputException("%s: percentiles %s are %s and %s, expected different ones; use wider ones"
                    .formatted(place, this, black, white));
        }
        return new CountRange(black, white);
    }

    private static double at(double percentile, double[] sorted, int count) {
        double place = percentile / 100 * (count - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, count - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    @Override
    public String toString() {
        return CountRange.plain(low) + "," + CountRange.plain(high);
    }
}
