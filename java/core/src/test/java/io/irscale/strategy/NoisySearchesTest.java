package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.denoise.FlowSchedule;
import io.irscale.search.Budget;
import io.irscale.search.Conditioning;
import io.irscale.search.FakeBackend;
import io.irscale.search.SearchListener;
import io.irscale.search.SearchResult;
import io.irscale.search.Searches;
import io.irscale.search.Stop;
import io.irscale.search.Strategy;
import io.irscale.solver.DdimEta;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.FlowGrpo;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the strategies over noisy steps owe, whatever the budget. */
class NoisySearchesTest {
    static Stream<Strategy> strategies() {
        return Stream.of(
                Svdd.defaults(),
                new Svdd(3, OptionalInt.empty(), 3, DdimEta.DDPM),
                FeynmanKac.defaults(),
                new FeynmanKac(OptionalInt.empty(), Potential.SUM, 0.5, 0, 1, 0.1, 0.7, 0.6, FlowGrpo.DEFAULT),
                Rollover.defaults(),
                new Rollover(3, 2, OptionalInt.of(4), EulerMaruyama.RBF),
                VerifierThreshold.defaults(),
                new VerifierThreshold(3, OptionalInt.empty(), new Calibration(2, 1), EulerMaruyama.RBF));
    }

    static Stream<Strategy> endless() {
        return Stream.of(
                Svdd.defaults(),
                FeynmanKac.defaults(),
                new Rollover(3, 2, OptionalInt.of(4), EulerMaruyama.RBF),
                VerifierThreshold.defaults());
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void neverMoreThanTheBudgetAndTheBestOfAllWins(Strategy strategy) {
        RandomGenerator random = new SplittableRandom(3);
        for (int run = 0; run < 60; run++) {
            int steps = random.nextInt(2, 14);
            long forwards = random.nextLong(steps, 600);
            long calls = random.nextLong(steps + 1, 300);
            Budget budget = Budget.ofForwards(forwards).withCalls(calls);
            Trial trial = Trial.run(strategy, budget, steps, random.nextInt(1, 20), run);
            String seen = "%s with %s in %d steps".formatted(strategy, budget, steps);
            trial.assertKept(budget, seen);
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

    /** Steps of which the first cost three times the others, as with guidance in some steps only. */
    private record Uneven(FlowSchedule schedule) implements Conditioning {
        @Override
        public String prompt() {
            return "a prompt";
        }

        @Override
        public int forwards(int step) {
            return step < 3 ? 3 : 1;
        }

        @Override
        public int gradients(int step) {
            return 0;
        }

        @Override
        public Object batchKey() {
            return "uneven";
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void stepsMayDifferInCost(Strategy strategy) {
        for (int forwards = 16; forwards < 300; forwards += 7) {
            try (Searches searches = new Searches(FakeBackend.gaussian(1))) {
                Conditioning uneven = new Uneven(FakeBackend.conditioning(10).schedule());
                SearchResult result = searches.start(
                                strategy, Budget.ofForwards(forwards), uneven, 16, 1, SearchListener.NONE)
                        .await();
                assertThat(result.cost().forwards()).isBetween((long) forwards - 15, (long) forwards);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("endless")
    void timeEndsIt(Strategy strategy) {
        Budget time = Budget.NONE.withTime(Duration.ofMillis(300));
        assertThat(Trial.run(strategy, time, 10, 4, 5).result().stop()).isEqualTo(Stop.TIME);
    }
}
