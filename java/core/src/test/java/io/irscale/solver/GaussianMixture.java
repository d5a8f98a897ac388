package io.irscale.solver;

import java.util.Arrays;

/** Data of which everything is known: the velocity at every level, the quantiles, and what a reward tilts it to. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record GaussianMixture(double[] weights, double[] means, double[] deviations) {
    /** Three modes of different weight and width. */
    public static final GaussianMixture THREE = new GaussianMixture(
            new double[] {0.3, 0.5, 0.2}, new double[] {-2, 0.5, 2.5}, new double[] {0.3, 0.4, 0.25});

    /** E[eps - x0 | x] at level {@code t}, above 0. */
    public double velocity(double x, double t) {
        double[] distance = new double[weights.length];
        double least = Double.MAX_VALUE;
        for (int i = 0; i < distance.length; i++) {
            double off = x - (1 - t) * means[i];
            distance[i] = off * off / (2 * variance(i, t));
            least = Math.min(least, distance[i]);
        }
        double sum = 0;
        double x0 = 0;
        for (int i = 0; i < distance.length; i++) {
            double variance = variance(i, t);
            double share = weights[i] / Math.sqrt(variance) * Math.exp(least - distance[i]);
            double gain = (1 - t) * deviations[i] * deviations[i] / variance;
            sum += share;
            x0 += share * (means[i] + gain * (x - (1 - t) * means[i]));
        }
        return (x - x0 / sum) / t;
    }

    private double variance(int i, double t) {
        return (1 - t) * (1 - t) * deviations[i] * deviations[i] + t * t;
    }

    /** The distribution proportional to p(x) exp(slope x). */
    public GaussianMixture tilted(double slope) {
        double[] logs = new double[weights.length];
        double[] moved = new double[weights.length];
        for (int i = 0; i < logs.length; i++) {
            double variance = deviations[i] * deviations[i];
            logs[i] = Math.log(weights[i]) + slope * means[i] + slope * slope * variance / 2;
            moved[i] = means[i] + slope * variance;
        }
        return new GaussianMixture(normalised(logs), moved, deviations);
    }

    /** The distribution proportional to p(x) exp(-strength (x - centre)^2 / 2). */
    public GaussianMixture drawnTo(double centre, double strength) {
        double[] logs = new double[weights.length];
        double[] moved = new double[weights.length];
        double[] narrowed = new double[weights.length];
        for (int i = 0; i < logs.length; i++) {
            double variance = deviations[i] * deviations[i];
            double widened = 1 + strength * variance;
            double off = means[i] - centre;
            logs[i] = Math.log(weights[i]) - Math.log(widened) / 2 - strength * off * off / (2 * widened);
            moved[i] = (means[i] + strength * variance * centre) / widened;
            narrowed[i] = Math.sqrt(variance / widened);
        }
        return new GaussianMixture(normalised(logs), moved, narrowed);
    }

    public double mean() {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * means[i];
        }
        return sum;
    }

    public double variance() {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double off = means[i] - mean();
            sum += weights[i] * (deviations[i] * deviations[i] + off * off);
        }
        return sum;
    }

    public double density(double x) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double z = (x - means[i]) / deviations[i];
            sum += weights[i] * Math.exp(-z * z / 2) / (deviations[i] * Math.sqrt(2 * Math.PI));
        }
        return sum;
    }

    /** The quantiles at (i + 1/2) / n, from the density's integral on a fine grid. */
    public double[] quantiles(int n) {
        double[] ends = {Double.MAX_VALUE, -Double.MAX_VALUE};
        for (int i = 0; i < weights.length; i++) {
            ends[0] = Math.min(ends[0], means[i] - 8 * deviations[i]);
            ends[1] = Math.max(ends[1], means[i] + 8 * deviations[i]);
        }
        double cell = (ends[1] - ends[0]) / 100_000;
        double[] quantiles = new double[n];
        double below = 0;
        int next = 0;
        for (double x = ends[0]; next < n && x < ends[1]; x += cell) {
            double inside = density(x + cell / 2) * cell;
            while (next < n && (next + 0.5) / n <= below + inside) {
                quantiles[next] = x + cell * ((next + 0.5) / n - below) / inside;
                next++;
            }
            below += inside;
        }
        if (next < n) {
            throw new IllegalStateException("the density does not add up to 1");
        }
        return quantiles;
    }

    /** The Wasserstein-1 distance of samples, which are sorted: the mean distance from their quantiles. */
    public double distance(double[] samples) {
        Arrays.sort(samples);
        double[] quantiles = quantiles(samples.length);
        double sum = 0;
        for (int i = 0; i < samples.length; i++) {
            sum += Math.abs(samples[i] - quantiles[i]);
        }
        return sum / samples.length;
    }

    private static double[] normalised(double[] logs) {
        double most = Arrays.stream(logs).max().orElseThrow();
        double[] weights = Arrays.stream(logs).map(log -> Math.exp(log - most)).toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }
}
