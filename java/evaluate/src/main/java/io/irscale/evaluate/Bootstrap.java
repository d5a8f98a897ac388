package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 10 and 13): groups of rows
 * are drawn with repetition, as many as there are, and the interval lies between percentiles of the statistic over the
 * draws, less their bias: the difference of their mean from the value of the whole set. That matters for the Fréchet
 * distance alone, which is larger in every draw, because a draw holds fewer different images; the interval is one of
 * its value at this number of images. The same seed gives the same draws on every machine; threads share the work.
 *
 * @param draws at least 2; 1000 are usual
 * @param confidence above 0 and below 1, such as 0.95
 * @param seed of {@link Random}
 */
public record Bootstrap(int draws, double confidence, long seed) {
    /** @throws InvalidInputException if a value is out of range */
    public Bootstrap {
        if (draws < 2 || !(confidence > 0 && confidence < 1)) {
            throw new InvalidInputException(
                    "bootstrap: %d draws at confidence %s, expected at least 2 and a confidence between 0 and 1"
                            .formatted(draws, confidence));
        }
    }

    /**
     * How a statistic changes from one arm to another.
     *
     * @param before of the first arm
     * @param after of the second
     * @param difference after - before
     * @param fall 1 - after / before, by which share it falls; empty unless {@code before} is above 0 in every draw
     */
    public record Change(double before, double after, Interval difference, Optional<Interval> fall) {}

    /**
     * The interval of one statistic.
     *
     * @throws InvalidInputException if the groups are of another number of rows, or a draw's statistic is not finite
     */
    public Interval of(Statistic statistic, Groups groups) {
        requireRows(statistic, groups);
        double value = statistic.value();
        return interval(value, values(statistic, value, groups));
    }

    /**
     * The change between two arms over the same groups, such as prompts: each draw takes the same groups in both.
     *
     * @throws InvalidInputException if the arms have not the same groups or not the same number of rows, the groups are
     *     of another number of rows, or a draw's statistic is not finite
     */
    public Change change(Statistic before, Groups beforeGroups, Statistic after, Groups afterGroups) {
        requireRows(before, beforeGroups);
        requireRows(after, afterGroups);
        if (before.count() != after.count()) {
            throw new InvalidInputException(
                    "arms have %d and %d images, expected equal counts".formatted(before.count(), after.count()));
        }
        double from = before.value();
        double to = after.value();
        double[] first = values(before, from, beforeGroups);
        double[] second = values(after, to, afterGroups.inOrderOf(beforeGroups));
        double[] differences =
                IntStream.range(0, draws).mapToDouble(i -> second[i] - first[i]).toArray();
        boolean positive = from > 0 && Arrays.stream(first).allMatch(value -> value > 0);
        double[] falls = IntStream.range(0, draws)
                .mapToDouble(i -> 1 - second[i] / first[i])
                .toArray();
        return new Change(
                from,
                to,
                interval(to - from, differences),
                positive ? Optional.of(interval(1 - to / from, falls)) : Optional.empty());
    }

    private static void requireRows(Statistic statistic, Groups groups) {
        if (statistic.count() != groups.count()) {
            throw new InvalidInputException("bootstrap: %d rows come with groups of %d, expected as many"
                    .formatted(statistic.count(), groups.count()));
        }
    }

    /** The statistic of each draw, less their bias from {@code value}. */
    private double[] values(Statistic statistic, double value, Groups groups) {
        Random random = new Random(seed);
        int[][] chosen = new int[draws][groups.size()];
        for (int[] draw : chosen) {
            Arrays.setAll(draw, i -> random.nextInt(draw.length));
        }
        double[] values = Arrays.stream(chosen)
                .parallel()
                .mapToDouble(draw -> statistic.of(groups.rows(draw)))
                .toArray();
        for (int i = 0; i < draws; i++) {
            if (!Double.isFinite(values[i])) {
                throw new InvalidInputException("bootstrap: draw %d of %d groups gives %s, expected more groups"
                        .formatted(i, groups.size(), values[i]));
            }
        }
        double bias = Arrays.stream(values).average().orElseThrow() - value;
        return Arrays.stream(values).map(drawn -> drawn - bias).toArray();
    }

    private Interval interval(double value, double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Interval(value, percentile(sorted, (1 - confidence) / 2), percentile(sorted, (1 + confidence) / 2));
    }

    /** Linear between neighbours, as {@code numpy.percentile} does. */
    private static double percentile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = Math.min((int) at, sorted.length - 2);
        return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}
