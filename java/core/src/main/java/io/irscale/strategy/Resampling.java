package io.irscale.strategy;

import java.util.Arrays;

/** Particles in proportion to their weights, whose logarithms may be of any size; negative infinity is none. */
final class Resampling {
    private Resampling() {}

    /** The weights, scaled to sum to 1; all equal where none is above 0. */
    static double[] normalised(double[] logs) {
        double most = Arrays.stream(logs).max().orElseThrow();
        double[] weights = Arrays.stream(logs)
                .map(log -> most == Double.NEGATIVE_INFINITY ? 1 : Math.exp(log - most))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /** The effective sample size 1 / sum w^2, from 1 to as many as there are. */
    static double effective(double[] logs) {
        return 1
                / Arrays.stream(normalised(logs)).map(weight -> weight * weight).sum();
    }

    /**
     * Systematic resampling (Kitagawa 1996): how often each is drawn when {@code n} are. Of expectation n w, and never
     * further from it than 1.
     *
     * @param u uniform on [0, 1)
     */
    static int[] systematic(double[] logs, int n, double u) {
        double[] weights = normalised(logs);
        int last = weights.length - 1;
        while (weights[last] == 0) {
            last--; // rounding must not hand it the last draw
        }
        int[] counts = new int[weights.length];
        double upTo = weights[0];
        int i = 0;
        for (int draw = 0; draw < n; draw++) {
            while (i < last && (draw + u) / n >= upTo) {
                upTo += weights[++i];
            }
            counts[i]++;
        }
        return counts;
    }
}
