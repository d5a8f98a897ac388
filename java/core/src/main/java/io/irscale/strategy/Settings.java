package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Outlook;
import java.util.List;
import java.util.OptionalInt;

/** Checks of strategies' settings: one line with the setting, its value and the limit. */
final class Settings {
    /** Most candidates, children or rounds that a setting may ask for. */
    static final int MOST = 1_000_000;

    private Settings() {}

    static void requireCount(String setting, int value) {
        if (value < 1 || value > MOST) {
            throw new InvalidInputException("%s is %d, expected 1 to %d".formatted(setting, value, MOST));
        }
    }

    static void requireCount(String setting, OptionalInt value) {
        value.ifPresent(count -> requireCount(setting, count));
    }

    static void requireAtLeast(String setting, int value, int least) {
        if (value < least) {
            throw new InvalidInputException("%s is %d, expected %d or more".formatted(setting, value, least));
        }
    }

    /** In [from, to]; NaN is not. */
    static void requireWithin(String setting, double value, double from, double to) {
        if (!(value >= from && value <= to)) {
            throw new InvalidInputException("%s is %s, expected %s to %s".formatted(setting, value, from, to));
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
    static void requireEnd(String setting, OptionalInt size, Outlook outlook) {
        if (size.isEmpty() && !outlook.bounded()) {
            throw new InvalidInputException(
                    "%s follows from the budget, and there is none of forwards, verifier calls or time"
                            .formatted(setting));
        }
    }

    /** A size that forwards or verifier calls give needs a budget of these. */
    static void requireSize(String setting, OptionalInt size, Outlook outlook) {
        if (size.isEmpty() && !outlook.metered()) {
            throw new InvalidInputException(
                    "%s follows from the budget, and there is none of forwards or verifier calls".formatted(setting));
        }
    }

    static void requireCalls(String strategy, long least, Outlook outlook) {
        if (outlook.callsLeft() < least) {
            throw new InvalidInputException("budget is %d verifier calls, strategy %s needs %d or more"
                    .formatted(outlook.callsLeft(), strategy, least));
        }
    }

    /** The step nearest to a fraction of the steps. */
    static int step(Outlook outlook, double fraction) {
        return (int) Math.round(fraction * outlook.steps());
    }
}
