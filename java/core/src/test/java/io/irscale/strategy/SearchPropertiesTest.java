package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.search.Budget;
import io.irscale.search.Stop;
import io.irscale.search.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every strategy owes, whatever the budget. */
class SearchPropertiesTest {
    private static final int RUNS = 40;

    static Stream<Strategy> strategies() {
        return Stream.of(
                RandomSearch.defaults(),
                ZeroOrder.defaults(),
                new ZeroOrder(3, 0.5, OptionalInt.of(2), true),
                CrankNicolson.defaults(),
                SearchOverPaths.defaults(),
                PreviewPruning.defaults(),
                PreviewPruning.noiseAware(),
                Evolutionary.defaults(),
                TreeSearch.defaults());
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void neverMoreThanTheBudgetAndTheBestOfAllWins(Strategy strategy) {
        RandomGenerator random = new SplittableRandom(3);
        for (int run = 0; run < RUNS; run++) {
            int steps = random.nextInt(8, 32);
            long forwards = random.nextLong(15L * steps, 60L * steps);
            long calls = random.nextLong(30, 200);
            int width = random.nextInt(1, 20);
            Budget budget = Budget.ofForwards(forwards).withCalls(calls);
            Trial trial = Trial.run(strategy, budget, steps, width, run);
            trial.assertKept(budget, "%s with %s in %d steps".formatted(strategy, budget, steps));
        }
    }

    /** A device that takes fewer rows at a time finds the same. */
    @ParameterizedTest
    @MethodSource("strategies")
    void theDeviceDoesNotMatter(Strategy strategy) {
        Budget budget = Budget.ofForwards(333);
        List<Integer> expected = Trial.run(strategy, budget, 10, 16, 5).ids();
        assertThat(Trial.run(strategy, budget, 10, 5, 5).ids()).isEqualTo(expected);
        assertThat(Trial.run(strategy, budget, 10, 1, 5).ids()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void timeEndsIt(Strategy strategy) {
        Budget time = Budget.NONE.withTime(Duration.ofMillis(300));
        assertThat(Trial.run(strategy, time, 10, 4, 5).result().stop()).isEqualTo(Stop.TIME);
    }
}
