package io.irscale.search;

import io.irscale.error.InvalidInputException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Where a search stops, whichever comes first.
 *
 * @param forwards transformer forwards (NFE), 1 or more; never exceeded
 * @param calls verifier calls, 1 or more; never exceeded
 * @param time from the search's start, above 0; passed by at most one step
 * @param score stops as soon as a finished candidate reaches it
 */
public record Budget(OptionalLong forwards, OptionalLong calls, Optional<Duration> time, OptionalDouble score) {
    /** No limit: a strategy runs once, as its settings say. */
    public static final Budget NONE =
            new Budget(OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), OptionalDouble.empty());

    /** @throws InvalidInputException if a limit is out of its range */
    public Budget {
        forwards.ifPresent(value -> requirePositive("forwards", value));
        calls.ifPresent(value -> requirePositive("verifier calls", value));
        if (time.isPresent() && (time.get().isNegative() || time.get().isZero())) {
            throw new InvalidInputException("budget is " + time.get() + ", expected a time above 0");
        }
        if (score.isPresent() && Double.isNaN(score.getAsDouble())) {
            throw new InvalidInputException("budget ends at score NaN, expected a number");
        }
    }

    /** So many transformer forwards. */
    public static Budget ofForwards(long forwards) {
        return NONE.withForwards(forwards);
    }

    /** The same with a limit of forwards. */
    public Budget withForwards(long limit) {
        return new Budget(OptionalLong.of(limit), calls, time, score);
    }

    /** The same with a limit of verifier calls. */
    public Budget withCalls(long limit) {
        return new Budget(forwards, OptionalLong.of(limit), time, score);
    }

    /** The same with a limit of time. */
    public Budget withTime(Duration limit) {
        return new Budget(forwards, calls, Optional.of(limit), score);
    }

    /** The same with a score that is good enough. */
    public Budget withScore(double enough) {
        return new Budget(forwards, calls, time, OptionalDouble.of(enough));
    }

    /** Whether anything but a score ends the search, so that it ends for sure. */
    public boolean bounded() {
        return forwards.isPresent() || calls.isPresent() || time.isPresent();
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new InvalidInputException("budget is %d %s, expected 1 or more".formatted(value, name));
        }
    }
}
