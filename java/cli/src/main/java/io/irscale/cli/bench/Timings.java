package io.irscale.cli.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a workload took.
 *
 * @param workload what was done
 * @param seconds of every run of each stage that the model has
 * @param issued seconds until a step was asked for, before the wait for its result
 * @param flops of a forward
 * @param peakBytes most memory that was held, weights included
 * @param tiers lossy ones that were asked for
 */
record Timings(
        Workload workload,
        Map<Stage, List<Double>> seconds,
        List<Double> issued,
        double flops,
        long peakBytes,
        List<Tier> tiers) {
    /** Seconds that a share of the runs stays within; 0 of a stage that the model has not. */
    double quantile(Stage stage, double share) {
        return quantile(seconds.getOrDefault(stage, List.of()), share);
    }

    /** Median seconds until a step was asked for: near a step's own on a device, its launches hold it up. */
    double launch() {
        return quantile(issued, 0.5);
    }

    static double quantile(List<Double> values, double share) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
    }

    /** Median seconds of each stage for one batch from prompt to scores. */
    Map<Stage, Double> split() {
        Map<Stage, Double> out = new EnumMap<>(Stage.class);
        Arrays.stream(Stage.values())
                .filter(seconds::containsKey)
                .forEach(stage -> out.put(stage, quantile(stage, 0.5) * (stage == Stage.STEP ? workload.steps() : 1)));
        return out;
    }

    /** Seconds from prompt to scores. */
    double latency() {
        return split().values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Images a second. */
    double throughput() {
        return workload.batch() / latency();
    }

    /** Operations a second of a median step. */
    double rate() {
        return flops / quantile(Stage.STEP, 0.5);
    }
}
