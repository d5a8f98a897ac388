package io.irscale.train;

import io.irscale.autograd.AdamW;
import io.irscale.error.InvalidInputException;

/**
 * How a training runs, whatever it trains.
 *
 * @param steps updates in all, at least 1
 * @param batch rows a forward, at least 1
 * @param accumulate forwards an update, at least 1; their gradients are averaged
 * @param rate the learning rate
 * @param beta2 AdamW's decay of the gradient's square, in [0, 1)
 * @param weightDecay AdamW's, 0 or more
 * @param maxNorm the gradient of each model is scaled down to it, above 0
 * @param average decay of the averaged weights, in [0, 1); 0 saves the last weights themselves
 * @param seed of initial weights, batches and noise
 * @param validateEvery steps between validations, at least 1
 * @param saveEvery steps between checkpoints, at least 1
 */
public record TrainingSettings(
        long steps,
        int batch,
        int accumulate,
        LearningRate rate,
        double beta2,
        double weightDecay,
        double maxNorm,
        double average,
        long seed,
        int validateEvery,
        int saveEvery) {
    private static final double BETA1 = 0.9;
    private static final double EPS = 1e-8;

    /** @throws InvalidInputException if a value is out of range */
    public TrainingSettings {
        requireAtLeast1("steps", steps);
        requireAtLeast1("batch", batch);
        requireAtLeast1("accumulate", accumulate);
        requireAtLeast1("validate every", validateEvery);
        requireAtLeast1("save every", saveEvery);
        if (!(average >= 0 && average < 1)) {
            throw new InvalidInputException("average is %s, expected [0, 1)".formatted(average));
        }
    }

    private static void requireAtLeast1(String name, long value) {
        if (value < 1) {
            throw new InvalidInputException("%s is %d, expected at least 1".formatted(name, value));
        }
    }

    /** The optimizer's settings at a step. The average follows more closely at first, as if it had just begun. */
    AdamW.Settings at(long step) {
        double decay = Math.min(average, (1.0 + step) / (10.0 + step));
        return new AdamW.Settings(rate.at(step, steps), BETA1, beta2, EPS, weightDecay, maxNorm, decay);
    }
}
