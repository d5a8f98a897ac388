package io.irscale.search;

import io.irscale.denoise.FlowSchedule;
import io.irscale.error.InvalidInputException;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * A search before it has begun.
 *
 * @param forwards what one candidate's evaluation at a step costs
 */
public record Prospect(Budget budget, FlowSchedule schedule, IntUnaryOperator forwards) implements Outlook {
    /**
     * Finds out whether a strategy can run so.
     *
     * @param verifiers whether there is anybody to score
     * @throws InvalidInputException if settings, budget and verifiers do not go together, in one line
     */
    public void check(Strategy strategy, boolean verifiers) {
        if (strategy.needsVerifier() && !verifiers) {
            throw new InvalidInputException(
                    "strategy %s needs a verifier, and there is none".formatted(strategy.name()));
        }
        if (budget.calls().isPresent() && !verifiers) {
            throw new InvalidInputException("budget is %d verifier calls, and there is no verifier to call"
                    .formatted(budget.calls().getAsLong()));
        }
        strategy.check(this);
        long least = strategy.leastForwards(this);
        if (forwardsLeft() < least) {
            throw new InvalidInputException("budget is %d forwards, strategy %s needs %d or more for its first image"
                    .formatted(forwardsLeft(), strategy.name(), least));
        }
    }

    @Override
    public int steps() {
        return schedule.steps();
    }

    @Override
    public double level(int step) {
        return schedule.sigma(step);
    }

    @Override
    public long cost(int fromStep, int toStep) {
        return IntStream.range(fromStep, toStep).mapToLong(forwards::applyAsInt).sum();
    }

    @Override
    public long forwardsLeft() {
        return budget.forwards().orElse(Long.MAX_VALUE);
    }

    @Override
    public long callsLeft() {
        return budget.calls().orElse(Long.MAX_VALUE);
    }

    @Override
    public boolean bounded() {
        return budget.bounded();
    }
}
