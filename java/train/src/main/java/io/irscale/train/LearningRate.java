package io.irscale.train;

import io.irscale.error.InvalidInputException;

/**
 * Linear warm-up from 0 to the peak, then constant, then a cosine down to the floor at the last step (arXiv 1608.03983,
 * eq. 5, without restarts).
 *
 * @param peak the largest rate, above 0
 * @param warmup steps of the way up, 0 or more
 * @param decayFrom the share of all steps at which the way down begins, in [0, 1]; 0 right after the warm-up
 * @param floor the rate at the end, as a share of the peak, in [0, 1]
 */
public record LearningRate(double peak, int warmup, double decayFrom, double floor) {
    /** @throws InvalidInputException if a value is out of range */
    public LearningRate {
        if (!(peak > 0) || warmup < 0 || !(decayFrom >= 0 && decayFrom <= 1) || !(floor >= 0 && floor <= 1)) {
            throw new InvalidInputException(
                    "learning rate of peak %s, warm-up %d, decay from %s, floor %s: expected above 0, 0 or more, 0 to 1, 0 to 1"
                            .formatted(peak, warmup, decayFrom, floor));
        }
    }

    /** The rate of step {@code step}, from 0, out of {@code steps}. */
    public double at(long step, long steps) {
        if (step < warmup) {
            return peak * (step + 1) / warmup;
        }
        double begin = Math.max(warmup, decayFrom * steps);
        if (step < begin || steps <= begin) {
            return peak;
        }
        double share = Math.min(1, (step - begin) / (steps - begin));
        return peak * (floor + (1 - floor) * (1 + Math.cos(Math.PI * share)) / 2);
    }
}
