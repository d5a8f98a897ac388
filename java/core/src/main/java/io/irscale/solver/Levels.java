package io.irscale.solver;

import io.irscale.error.InvalidInputException;

/** The ranges of levels and settings. */
final class Levels {
    private Levels() {}

    /** A step goes down: 0 <= s < t <= 1. */
    static void requireDown(double t, double s) {
        if (!(s >= 0 && s < t && t <= 1)) {
            throw new InvalidInputException("step from level %s to %s, expected 0 <= to < from <= 1".formatted(t, s));
        }
    }

    static void requireSetting(String name, double value, double from, double to) {
        if (!(value >= from && value <= to)) {
            throw new InvalidInputException("%s is %s, expected %s to %s".formatted(name, value, from, to));
        }
    }
}
