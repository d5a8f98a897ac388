package io.irscale;

import io.irscale.error.InvalidInputException;

/**
 * Guidance by the verifier's gradient through the preview x0 = x - t v: the velocity becomes v - weight f(t) g, with g the
 * gradient scaled to root mean square 1, f(t) = t / (1 - t) for {@link Form#FULL} and 1 / t for {@link Form#CHEAP}, which
 * moves x0 by weight g. Needs a single CLIP verifier.
 *
 * @param weight above 0, at most 100
 * @param form which gradient
 * @param highest noise level at which it acts, at most 0.95: near 1 the factor f grows without bound
 * @param lowest noise level at which it acts, above 0
 */
public record Guidance(double weight, Form form, double highest, double lowest) {
    private static final double MAX_WEIGHT = 100;
    private static final double MAX_LEVEL = 0.95;

    /** What the gradient is taken with respect to. */
    public enum Form {
        /** x0, with the transformer held fixed: the backward pass of the VAE and the verifier only. */
        CHEAP(1),
        /** x, through the transformer: its backward pass costs about two forwards more, and keeps its activations. */
        FULL(3);

        private final int forwards;

        Form(int forwards) {
            this.forwards = forwards;
        }

        /** Forwards that an evaluation counts for. */
        int forwards() {
            return forwards;
        }
    }

    /** @throws InvalidInputException if a value is out of its range */
    public Guidance {
        if (!(weight > 0 && weight <= MAX_WEIGHT)) {
            throw new InvalidInputException("guide weight is %s, expected above 0, at most 100".formatted(weight));
        }
        if (!(lowest > 0 && lowest <= highest && highest <= MAX_LEVEL)) {
            throw new InvalidInputException(
                    "guide levels are %s to %s, expected 0.95 >= highest >= lowest > 0".formatted(highest, lowest));
        }
    }

    /** Weight and form, acting from level 0.95 to 0.05. */
    public static Guidance of(double weight, Form form) {
        return new Guidance(weight, form, MAX_LEVEL, 1 - MAX_LEVEL);
    }

    boolean actsAt(double t) {
        return t <= highest && t >= lowest;
    }

    /** Factor of the scaled gradient in the velocity. */
    double factor(double t) {
        return switch (form) {
            case CHEAP -> -weight / t;
            case FULL -> -weight * t / (1 - t);
        };
    }
}
