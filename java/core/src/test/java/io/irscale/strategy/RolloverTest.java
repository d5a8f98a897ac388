package io.irscale.strategy;

import static io.irscale.strategy.SvddTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.denoise.FlowSchedule;
import io.irscale.search.Budget;
import io.irscale.search.FakeBackend;
import io.irscale.search.Search;
import io.irscale.search.SearchListener;
import io.irscale.search.SearchResult;
import io.irscale.search.Searches;
import io.irscale.search.Stop;
import io.irscale.search.Strategy;
import io.irscale.solver.DdimEta;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.EulerOde;
import io.irscale.solver.GaussianMixture;
import io.irscale.solver.VpGrid;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloverTest {
    private static Rollover rbf(int trajectories, int noises, int quota) {
        return new Rollover(trajectories, noises, OptionalInt.of(quota), EulerMaruyama.RBF);
    }

    /** The quota that a strategy gives itself, without running it. */
    private static int quota(Rollover rollover, Budget budget, int steps) {
        AtomicInteger found = new AtomicInteger();
        Strategy asking = new Strategy() {
            @Override
            public String name() {
                return "asking";
            }

            @Override
            public void run(Search search) {
                int end = RandomSteps.end(search, rollover.solver(), name());
                found.set(rollover.quota(search, end, rollover.trajectories(), rollover.noises()));
                RandomSearch.defaults().run(search);
            }
        };
        Toy.run(asking, budget, steps, 1);
        return found.get();
    }

    @ParameterizedTest
    @CsvSource({"500, 10, 22", "100, 10, 2", "500, 28, 8", "69, 10, 1"})
    void theQuotaIsThePapers(int forwards, int steps, int expected) {
        assertThat(quota(Rollover.defaults(), Budget.ofForwards(forwards), steps))
                .isEqualTo(Math.max(1, (forwards - 25 * 2) / (steps * 2)))
                .isEqualTo(expected);
    }

    @Test
    void verifierCallsBoundTheQuota() {
        // 300 = 2 (25 + 12 10 + 1), and 4 more
        assertThat(quota(Rollover.defaults(), Budget.NONE.withCalls(300), 10)).isEqualTo(12);
        assertThat(quota(rbf(2, 25, 7), Budget.NONE.withCalls(300), 10)).isEqualTo(7);
    }

    @Test
    void spendsTheBudgetToTheLastDraw() {
        SearchResult result = Toy.run(Rollover.defaults(), Budget.ofForwards(500), 10, 3);
        assertThat(result.cost().forwards()).isEqualTo(500);
        assertThat(result.cost().verifierCalls()).isEqualTo(500 + 2);
        assertThat(result.ranked()).hasSize(2);
        assertThat(result.stop()).isEqualTo(Stop.FORWARDS);
        assertThat(Toy.alwaysTookTheBest(result)).isTrue();
        assertThat(Toy.run(Rollover.defaults(), Budget.ofForwards(501), 10, 3)
                        .cost()
                        .forwards())
                .as("one forward is too few for both trajectories")
                .isEqualTo(500);
    }

    /** Where no child beats the record, every step but the last has its quota. */
    @Test
    void withoutSuccessEveryStepSpendsItsQuota() {
        SearchResult result = Searches.run(
                Toy.scripted(5, 1),
                new Rollover(1, 1, OptionalInt.empty(), EulerMaruyama.RBF),
                Budget.ofForwards(61),
                6,
                1);
        // Q = (61 - 1) / 6 = 10, children for steps 1 to 5
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 1L, 1, 10L, 2, 10L, 3, 10L, 4, 10L, 5, 20L));
    }

    /** Where each child beats the record, all is left to the last step. */
    @Test
    void aChildThatBeatsTheRecordIsTakenAtOnce() {
        double[] rising = IntStream.range(0, 100).mapToDouble(i -> i).toArray();
        SearchResult result = Searches.run(
                Toy.scripted(rising),
                new Rollover(1, 1, OptionalInt.empty(), EulerMaruyama.RBF),
                Budget.ofForwards(61),
                6,
                1);
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 1L, 1, 1L, 2, 1L, 3, 1L, 4, 1L, 5, 56L));
    }

    /** The third child of step 1 beats the record: its 7 left roll over to step 2, which has no success, and no further. */
    @Test
    void unusedQuotaRollsOverOnce() {
        SearchResult result = Searches.run(
                Toy.scripted(5, 1, 1, 6, 1),
                new Rollover(1, 1, OptionalInt.empty(), EulerMaruyama.RBF),
                Budget.ofForwards(61),
                6,
                1);
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 1L, 1, 3L, 2, 17L, 3, 10L, 4, 10L, 5, 20L));
    }

    /** It rolls over again where step 2 succeeds, too; the record is then the newer one. */
    @Test
    void unusedQuotaRollsOverAgain() {
        SearchResult result = Searches.run(
                Toy.scripted(5, 1, 1, 6, 5.5, 7, 6.5),
                new Rollover(1, 1, OptionalInt.empty(), EulerMaruyama.RBF),
                Budget.ofForwards(61),
                6,
                1);
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 1L, 1, 3L, 2, 2L, 3, 25L, 4, 10L, 5, 20L));
    }

    @Test
    void aFixedQuotaMakesRounds() {
        // a round: 2 (3 + 2 10) = 46 forwards
        SearchResult once = Toy.run(rbf(2, 3, 2), Budget.NONE, 10, 1);
        assertThat(once.cost().forwards()).isEqualTo(46);
        assertThat(once.cost().verifierCalls()).isEqualTo(48);
        SearchResult twice = Toy.run(rbf(2, 3, 2), Budget.ofForwards(101), 10, 1);
        assertThat(twice.ranked()).hasSize(4);
        assertThat(twice.cost().forwards()).isEqualTo(92);
    }

    @Test
    void theTailIsPaidFor() {
        FlowSchedule schedule = FlowSchedule.of(VpGrid.of(10).levels(FlowSchedule.of(new float[] {1, 0.5f, 0.25f, 0})));
        try (Searches searches = new Searches(Toy.mixture(x -> x))) {
            Rollover rollover = new Rollover(2, 25, OptionalInt.empty(), VpGrid.of(10));
            var conditioning = new FakeBackend.FakeConditioning("a prompt", schedule, 2, "fake");
            SearchResult result = searches.start(
                            rollover, Budget.ofForwards(1000), conditioning, 16, 1, SearchListener.NONE)
                    .await();
            // draws for steps 0 to 9, two forwards each; then the evaluations at steps 10 and 11, for both
            assertThat(result.cost().forwards()).isEqualTo(1000);
            assertThat(Toy.looks(result).keySet()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThat(result.cost().verifierCalls()).isEqualTo((1000 - 2 * 2 * 2) / 2 + 2);
        }
    }

    /**
     * Two steps over N(0, 1) with DDPM: x0 at level 1 is 0 for all, so that children at level 1/2 are N(0, 1/4), and x0
     * there is the child itself. All the budget goes to these: the winner is the best of as many draws.
     */
    @ParameterizedTest
    @CsvSource({"1, 30", "2, 12"})
    void overTwoStepsItIsTheBestOfItsDraws(int trajectories, int draws) {
        Rollover rollover = new Rollover(trajectories, 1, OptionalInt.empty(), DdimEta.DDPM);
        Budget budget = Budget.ofForwards(trajectories * (1L + draws));
        double mean = LongStream.range(0, 300)
                .mapToDouble(seed -> Searches.run(FakeBackend.gaussian(1), rollover, budget, 2, 100 * seed)
                        .winner()
                        .score()
                        .orElseThrow())
                .average()
                .orElseThrow();
        GaussianMixture normal = new GaussianMixture(new double[] {1}, new double[] {0}, new double[] {0.5});
        assertThat(mean).isCloseTo(Toy.expectedBest(normal, trajectories * draws), within(0.05));
    }

    /**
     * Of the same budget, its winners are about as good as the best of 50 exact draws, the paper's baseline: on this toy x0
     * at level 1 is the same for all noise, so that the first records are low, the first children are taken, and most of
     * the budget is left to a last step that has little to give.
     */
    @Test
    void isAboutAsGoodAsTheBestOfAsManyForwards() {
        double mean = Toy.meanWinner(Rollover.defaults(), Budget.ofForwards(500), 10, 40);
        assertThat(mean).isCloseTo(Toy.expectedBest(Toy.DATA, 50), within(0.1));
    }

    @Test
    void settingsHaveRanges() {
        assertRefused(() -> rbf(0, 25, 5), "rbf trajectories is 0, expected 1 to 1000000");
        assertRefused(() -> rbf(2, 0, 5), "rbf noises is 0, expected 1 to 1000000");
        assertRefused(() -> rbf(2, 25, 0), "rbf quota is 0, expected 1 to 1000000");
        assertRefused(
                () -> Toy.run(Rollover.defaults(), Budget.NONE, 10, 1),
                "rbf quota follows from the budget, and there is none of forwards or verifier calls");
        assertRefused(
                () -> Toy.run(Rollover.defaults(), Budget.ofForwards(500).withCalls(10), 10, 1),
                "budget is 10 verifier calls, strategy rbf needs 11 or more");
        assertRefused(
                () -> Toy.run(Rollover.defaults(), Budget.ofForwards(9), 10, 1),
                "budget is 9 forwards, strategy rbf needs 10 or more for its first image");
        assertRefused(
                () -> Toy.run(new Rollover(2, 25, OptionalInt.of(5), EulerOde.ODE), Budget.NONE, 10, 1),
                "strategy rbf needs a solver that draws noise; ode draws none in 10 steps");
    }
}
