package io.irscale.strategy;

import static io.irscale.strategy.SvddTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.search.Budget;
import io.irscale.search.SearchResult;
import io.irscale.search.Searches;
import io.irscale.search.Stop;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.EulerOde;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class VerifierThresholdTest {
    private static final Calibration FOUR = new Calibration(4, 0.75);

    /** The same threshold at every step, for free. */
    private static Thresholds all(double threshold) {
        return (search, solver, end) -> {
            double[] thresholds = new double[end + 1];
            Arrays.fill(thresholds, threshold);
            return thresholds;
        };
    }

    private static VerifierThreshold threshold(int trajectories, int cap, Thresholds thresholds) {
        return new VerifierThreshold(trajectories, OptionalInt.of(cap), thresholds, EulerMaruyama.RBF);
    }

    @Test
    void whatAllReachTakesEveryFirstChild() {
        SearchResult result = Toy.run(threshold(3, 25, all(Double.NEGATIVE_INFINITY)), Budget.NONE, 10, 1);
        assertThat(result.cost().forwards()).isEqualTo(3 * 10);
        assertThat(result.cost().verifierCalls()).isEqualTo(3 * (9 + 2));
    }

    @Test
    void whatNoneReachesSpendsTheCap() {
        SearchResult result = Toy.run(threshold(3, 5, all(Double.POSITIVE_INFINITY)), Budget.NONE, 10, 1);
        assertThat(result.cost().forwards()).isEqualTo(3 * 5 * 10);
        assertThat(result.cost().verifierCalls()).isEqualTo(3 * (5 * 10 + 1));
        assertThat(Toy.alwaysTookTheBest(result)).isTrue();
    }

    @Test
    void drawsUntilTheThresholdIsReached() {
        SearchResult result =
                Searches.run(Toy.scripted(1, 3, 2.9, 0, 4, 1), threshold(1, 6, all(3)), Budget.NONE, 4, 1);
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 2L, 1, 3L, 2, 6L, 3, 6L));
    }

    @Test
    void aStepHasItsShareOfTheBudget() {
        VerifierThreshold open = new VerifierThreshold(1, OptionalInt.empty(), all(3), EulerMaruyama.RBF);
        // 40 forwards for steps 0 to 3; then 38 / 3 for the next, 26 / 2, and 13
        SearchResult result = Searches.run(Toy.scripted(1, 3, 2), open, Budget.ofForwards(40), 4, 1);
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 2L, 1, 12L, 2, 13L, 3, 13L));
        assertThat(result.cost().forwards()).isEqualTo(40);
        assertThat(result.stop()).isEqualTo(Stop.FORWARDS);
        SearchResult calls = Searches.run(Toy.scripted(1, 3, 2), open, Budget.NONE.withCalls(41), 4, 1);
        assertThat(Toy.looks(calls)).isEqualTo(Map.of(0, 2L, 1, 12L, 2, 13L, 3, 13L));
    }

    @Test
    void whatATrajectoryLeavesGoesToTheNext() {
        SearchResult result = Toy.run(threshold(2, 5, all(Double.NEGATIVE_INFINITY)), Budget.ofForwards(59), 10, 1);
        assertThat(result.ranked()).hasSize(5);
        assertThat(result.cost().forwards()).isEqualTo(50);
    }

    @Test
    void calibrationIsChargedAndMayWin() {
        SearchResult result = Toy.run(threshold(1, 1, FOUR), Budget.NONE, 10, 1);
        assertThat(result.ranked()).hasSize(5);
        assertThat(result.cost().forwards()).isEqualTo(5 * 10);
        assertThat(result.cost().verifierCalls()).isEqualTo(5 * (9 + 2));
        SearchResult poor = Toy.run(threshold(1, 1, FOUR), Budget.ofForwards(35), 10, 1);
        assertThat(poor.ranked()).as("three runs and nothing left").hasSize(3);
        assertThat(poor.cost().forwards()).isEqualTo(30);
    }

    @Test
    void thresholdsAreTheQuantilesOfTheRuns() {
        // previews of four runs at steps 0 to 3, by step
        double[] scores = {1, 2, 3, 4, 8, 6, 7, 5, 0, 0, 0, 9, -1, Double.NaN, -1, -1, 100};
        double[][] seen = new double[1][];
        Thresholds spied = (search, solver, end) -> seen[0] = new Calibration(4, 0.5).measure(search, solver, end);
        SearchResult result = Searches.run(Toy.scripted(scores), threshold(1, 3, spied), Budget.NONE, 4, 1);
        assertThat(seen[0]).containsExactly(2, 6, 0, -1);
        assertThat(Toy.looks(result)).isEqualTo(Map.of(0, 5L, 1, 5L, 2, 5L, 3, 5L));
    }

    /**
     * Of the same budget: the mean of its winners is above that of the best of 50 exact draws, although a calibration of 4
     * is paid for.
     */
    @Test
    void beatsTheBestOfAsManyForwards() {
        double mean = Toy.meanWinner(VerifierThreshold.defaults(), Budget.ofForwards(500), 10, 40);
        assertThat(mean).isGreaterThan(Toy.expectedBest(Toy.DATA, 50) + 0.05);
    }

    @Test
    void settingsHaveRanges() {
        assertRefused(() -> threshold(0, 5, FOUR), "threshold trajectories is 0, expected 1 to 1000000");
        assertRefused(() -> threshold(1, 0, FOUR), "threshold cap is 0, expected 1 to 1000000");
        assertRefused(() -> new Calibration(0, 0.5), "threshold calibration runs is 0, expected 1 to 1000000");
        assertRefused(() -> new Calibration(4, 1.5), "threshold quantile is 1.5, expected 0.0 to 1.0");
        assertRefused(() -> new Calibration(4, Double.NaN), "threshold quantile is NaN, expected 0.0 to 1.0");
        VerifierThreshold open = new VerifierThreshold(1, OptionalInt.empty(), FOUR, EulerMaruyama.RBF);
        assertRefused(
                () -> Toy.run(open, Budget.NONE, 10, 1),
                "threshold cap follows from the budget, and there is none of forwards or verifier calls");
        assertRefused(
                () -> Toy.run(open, Budget.NONE.withCalls(10), 10, 1),
                "budget is 10 verifier calls, strategy threshold needs 11 or more");
        assertRefused(
                () -> Toy.run(new VerifierThreshold(1, OptionalInt.of(3), FOUR, EulerOde.ODE), Budget.NONE, 10, 1),
                "strategy threshold needs a solver that draws noise; ode draws none in 10 steps");
    }
}
