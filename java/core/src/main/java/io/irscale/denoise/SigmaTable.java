package io.irscale.denoise;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The levels of a schedule (diffusers {@code scheduling_flow_match_euler_discrete.py}, {@code __init__} and
 * {@code set_timesteps}), in the precision that the reference has at each place: float32 for levels that the pipeline
 * passes, float64 for the scheduler's own. Sums, products and quotients of float32 rounded from float64 are float32's own.
 */
final class SigmaTable {
    private final SchedulerConfig config;
    private final int tokens;
    private final DoubleUnaryOperator rounded;

    SigmaTable(SchedulerConfig config, int tokens) {
        this.config = config;
        this.tokens = tokens;
        this.rounded = config.flowSigmas() ? DoubleUnaryOperator.identity() : SigmaTable::float32;
    }

    private static double float32(double value) {
        return (float) value;
    }

    /** As many levels as {@code steps}, without the 0 at the end. */
    double[] levels(int steps) {
        double[] start = config.flowSigmas()
                ? ownLevels(steps)
                : Arrays.stream(Linspace.of(1, 1.0 / steps, steps))
                        .map(SigmaTable::float32)
                        .toArray();
        double[] shifted = Arrays.stream(start)
                .map(config.dynamicShifting() ? this::dynamic : sigma -> fixed(sigma, rounded))
                .toArray();
        return config.spacing().apply(config.shiftTerminal() > 0 ? stretched(shifted) : shifted);
    }

    // From the highest to the lowest level of training, which a static shift has moved already.
    private double[] ownLevels(int steps) {
        int train = config.trainTimesteps();
        double lowest = float32(1.0 / train);
        return Arrays.stream(Linspace.of(ownLevel(1) * train, ownLevel(lowest) * train, steps))
                .map(timestep -> timestep / train)
                .toArray();
    }

    private double ownLevel(double sigma) {
        return config.dynamicShifting() ? sigma : fixed(sigma, SigmaTable::float32);
    }

    /** s / (s + 1 / sigma - 1) with s = e^mu, or mu where the shift is linear. */
    private double dynamic(double sigma) {
        double mu = config.mu(tokens);
        double shift = rounded.applyAsDouble(config.linearShift() ? mu : Math.exp(mu));
        double odds = rounded.applyAsDouble(rounded.applyAsDouble(1 / sigma) - 1);
        return rounded.applyAsDouble(shift / rounded.applyAsDouble(shift + odds));
    }

    /** shift sigma / (1 + (shift - 1) sigma). */
    private double fixed(double sigma, DoubleUnaryOperator round) {
        double above = round.applyAsDouble(round.applyAsDouble(config.shift()) * sigma);
        double below = round.applyAsDouble(round.applyAsDouble(config.shift() - 1) * sigma);
        return round.applyAsDouble(above / round.applyAsDouble(1 + below));
    }

    /** {@code stretch_shift_to_terminal}. */
    private double[] stretched(double[] levels) {
        double reach = rounded.applyAsDouble(1 - levels[levels.length - 1]);
        double scale = rounded.applyAsDouble(reach / rounded.applyAsDouble(1 - config.shiftTerminal()));
        return Arrays.stream(levels)
                .map(level ->
                        rounded.applyAsDouble(1 - rounded.applyAsDouble(rounded.applyAsDouble(1 - level) / scale)))
                .toArray();
    }
}
