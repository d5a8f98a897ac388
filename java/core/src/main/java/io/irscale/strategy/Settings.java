package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Search;
import java.util.List;
import java.util.OptionalInt;

/** Checks of strategies' settings: one line with the setting, its value and the limit. */
final class Settings {
    private Settings() {}

    static void requireAtLeast(String setting, int value, int least) {
        if (value < least) {
            throw new InvalidInputException("%s is %d, expected %d or more".formatted(setting, value, least));
        }
    }

    /** In (above, below); NaN and infinities are not. */
    static void requireBetween(String setting, double value, double above, double below) {
        if (!(value > above && value < below)) {
            throw new InvalidInputException(
                    "%s is %s, expected a number above %s and below %s".formatted(setting, value, above, below));
        }
    }

    /** Above 0 and finite. */
    static void requirePositive(String setting, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new InvalidInputException("%s is %s, expected a number above 0".formatted(setting, value));
        }
    }

    /** Each in (0, 1), and more than the one before. */
    static void requireRising(String setting, List<Double> fractions) {
        double last = 0;
        for (double fraction : fractions) {
            requireBetween(setting, fraction, last, 1);
            last = fraction;
        }
    }

    /** A size that the budget gives needs a budget. */
    static void requireEnd(String setting, OptionalInt size, Search search) {
        if (size.isEmpty() && !search.bounded()) {
            throw new InvalidInputException(
                    "%s follows from the budget, and there is none of forwards, verifier calls or time"
                            .formatted(setting));
        }
    }

    /** The step nearest to a fraction of the steps. */
    static int step(Search search, double fraction) {
        return (int) Math.round(fraction * search.steps());
    }
}
