package io.irscale.cli.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a lossy tier gains and costs over all steps of an image.
 *
 * @param name such as {@code fp8}
 * @param seconds of its runs
 * @param lossless seconds of the runs without it, in turns with its own
 * @param difference |latents - lossless ones| over |lossless ones|, 2-norms
 * @param left share of steps that left blocks out
 */
record Tier(String name, List<Double> seconds, List<Double> lossless, double difference, double left) {
    /** How many times as fast, by turns. */
    List<Double> ratios() {
        return IntStream.range(0, seconds.size())
                .mapToObj(i -> lossless.get(i) / seconds.get(i))
                .sorted()
                .toList();
    }
}
