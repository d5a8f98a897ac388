package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.denoise.FlowSchedule;
import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.FakeBackend;
import io.irscale.search.Lineage;
import io.irscale.search.SearchListener;
import io.irscale.search.SearchResult;
import io.irscale.search.Searches;
import io.irscale.search.Stop;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.EulerOde;
import io.irscale.solver.VpGrid;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SvddTest {
    private static Svdd svdd(int trajectories, int children, int every) {
        return new Svdd(trajectories, OptionalInt.of(children), every, EulerMaruyama.RBF);
    }

    @ParameterizedTest
    @CsvSource({
        // N, K, L, T, forwards, calls
        "2, 5, 1, 10, 92, 92", // 2 (1 + 5 9), 2 (1 + 5 9)
        "1, 25, 1, 10, 226, 226",
        "2, 25, 2, 10, 452, 250", // five blocks, all noisy: 2 (1 + 25 9), 2 25 5
        "1, 4, 3, 10, 37, 13", // blocks of 3, 3, 3 and the last step: 1 + 4 9, 1 + 4 3
        "3, 4, 20, 10, 111, 12", // one block: 3 (1 + 4 9), 3 4
        "3, 1, 1, 10, 30, 3", // nothing to choose
        "2, 3, 1, 2, 8, 8", // 2 (1 + 3 1), 2 (1 + 3)
    })
    void costsWhatTheFormulaSays(int n, int k, int every, int steps, long forwards, long calls) {
        SearchResult result = Toy.run(svdd(n, k, every), Budget.NONE, steps, 1);
        assertThat(result.cost().forwards()).isEqualTo(forwards);
        assertThat(result.cost().verifierCalls()).isEqualTo(calls);
        assertThat(result.stop()).isEqualTo(Stop.DONE);
        assertThat(Toy.alwaysTookTheBest(result)).isTrue();
    }

    @Test
    void theTailOfTheVpGridHasOneChild() {
        float[] levels = VpGrid.of(10).levels(FlowSchedule.of(new float[] {1, 0.5f, 0.25f, 0}));
        FakeBackend backend = Toy.mixture(x -> x);
        try (Searches searches = new Searches(backend)) {
            Svdd svdd = new Svdd(2, OptionalInt.of(3), 1, VpGrid.of(10));
            var conditioning = new FakeBackend.FakeConditioning("a prompt", FlowSchedule.of(levels), 2, "fake");
            SearchResult result = searches.start(svdd, Budget.NONE, conditioning, 16, 1, SearchListener.NONE)
                    .await();
            // 9 noisy steps and 3 of the tail, whose first evaluation is the last child's; two forwards for each
            assertThat(result.cost().forwards()).isEqualTo(2 * 2 * (1 + 3 * 9 + 2));
            assertThat(result.cost().verifierCalls()).isEqualTo(2 * (3 * 9 + 1));
        }
    }

    @Test
    void ofEqualsTheFirstIsTaken() {
        List<Lineage.Node> nodes = Searches.run(Toy.mixture(x -> 1), svdd(1, 4, 1), Budget.NONE, 4, 1)
                .lineage()
                .nodes();
        assertThat(nodes.stream().map(Lineage.Node::parent).distinct()).containsExactly(-1, 0, 1, 5);
    }

    @Test
    void oneRoundTakesAsManyChildrenAsTheBudgetPaysFor() {
        Svdd svdd = new Svdd(2, OptionalInt.empty(), 1, EulerMaruyama.RBF);
        SearchResult result = Toy.run(svdd, Budget.ofForwards(500), 10, 1);
        // 27 = (250 - 1) / 9 children, and of the 12 forwards left a plain candidate
        assertThat(result.cost().forwards()).isEqualTo(2 * (1 + 27 * 9) + 10);
        assertThat(Toy.looks(result).get(5)).isEqualTo(54);
        assertThat(result.ranked()).hasSize(3);
        assertThat(result.stop()).isEqualTo(Stop.FORWARDS);
    }

    @Test
    void verifierCallsBoundTheChildrenToo() {
        Svdd svdd = new Svdd(2, OptionalInt.empty(), 1, EulerMaruyama.RBF);
        SearchResult result = Toy.run(svdd, Budget.NONE.withCalls(100), 10, 1);
        // 5 = (50 - 1) / 9 children, then plain candidates for the 8 calls left
        assertThat(Toy.looks(result).get(5)).isEqualTo(10);
        assertThat(result.cost().verifierCalls()).isEqualTo(100);
        assertThat(result.stop()).isEqualTo(Stop.CALLS);
    }

    @Test
    void neverSpendsMoreAndKeepsTheBestThatWasScored() {
        RandomGenerator random = new SplittableRandom(3);
        for (int i = 0; i < 60; i++) {
            int steps = random.nextInt(2, 12);
            Svdd svdd = svdd(random.nextInt(1, 5), random.nextInt(1, 30), random.nextInt(1, 5));
            Budget budget = Budget.ofForwards(random.nextInt(steps, 400)).withCalls(random.nextInt(1, 300));
            SearchResult result = Toy.run(svdd, budget, steps, i);
            String seen = svdd + " " + budget;
            assertThat(result.cost().forwards())
                    .as(seen)
                    .isLessThanOrEqualTo(budget.forwards().getAsLong());
            assertThat(result.cost().verifierCalls())
                    .as(seen)
                    .isLessThanOrEqualTo(budget.calls().getAsLong());
            // what is left does not pay for one more candidate
            assertThat(Math.min(
                            (budget.forwards().getAsLong() - result.cost().forwards()) / steps,
                            budget.calls().getAsLong() - result.cost().verifierCalls()))
                    .as(seen)
                    .isZero();
            assertThat(result.winner().score().orElseThrow())
                    .as(seen)
                    .isEqualTo(result.ranked().stream()
                            .mapToDouble(scored -> scored.score().orElseThrow())
                            .max()
                            .orElseThrow());
        }
    }

    @Test
    void beatsTheBestOfAsManyForwards() {
        double mean = Toy.meanWinner(svdd(2, 25, 1), Budget.ofForwards(500), 10, 20);
        double code = Toy.meanWinner(svdd(2, 25, 2), Budget.ofForwards(500), 10, 20);
        assertThat(code).isGreaterThan(Toy.expectedBest(Toy.DATA, 50) + 0.3);
        assertThat(mean).isGreaterThan(code);
    }

    @Test
    void settingsHaveRanges() {
        assertRefused(() -> svdd(0, 5, 1), "svdd trajectories is 0, expected 1 to 1000000");
        assertRefused(() -> svdd(2, 0, 1), "svdd children is 0, expected 1 to 1000000");
        assertRefused(() -> svdd(2, 5, -1), "svdd steps between choices is -1, expected 1 to 1000000");
        assertRefused(
                () -> Toy.run(new Svdd(2, OptionalInt.of(5), 1, EulerOde.ODE), Budget.NONE, 10, 1),
                "strategy svdd needs a solver that draws noise; ode draws none in 10 steps");
        assertRefused(
                () -> Toy.run(svdd(2, 5, 2), Budget.NONE, 1, 1),
                "strategy code needs a solver that draws noise; euler-maruyama, g = 3.0 t^2.0 draws none in 1 steps");
        assertRefused(
                () -> Toy.run(new Svdd(2, OptionalInt.empty(), 1, EulerMaruyama.RBF), Budget.NONE, 10, 1),
                "svdd children follows from the budget, and there is none of forwards or verifier calls");
    }

    static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(call).withMessage(message);
    }
}
