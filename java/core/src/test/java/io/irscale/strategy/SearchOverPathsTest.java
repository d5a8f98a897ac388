package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.SearchResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchOverPathsTest {
    private static final SearchOverPaths DEFAULTS = SearchOverPaths.defaults();

    /** T = 100: 89 steps; back to 11, on to 92; to 14, 95; to 17, 98; to 20 and the end. */
    @Test
    void thePapersDistancesOnAHundredSteps() {
        SearchResult result = Trial.once(DEFAULTS, 100);
        long copy = 3 * (81 + 1) + 80;
        assertThat(result.cost().forwards()).isEqualTo(2 * (89 + 5 * copy));
        assertThat(result.cost().verifierCalls()).isEqualTo(2 * 5 * 4);
        assertThat(result.cost().previews()).isEqualTo(2 * 5 * 3);
        assertThat(result.ranked()).hasSize(2 * 5);
        assertThat(result.winner().candidate().forwards()).isEqualTo(89 + copy);
    }

    /** T = 28: f = 3, u = 22, d = 23: copies cost 24 + 24 + 23. T = 4: f = 1, u = 3, d = 4: one round from noise. */
    @ParameterizedTest
    @CsvSource({"28, 25, 71, 3", "4, 3, 4, 1", "2, 1, 2, 1"})
    void coarserGrids(int steps, int first, int copy, int rounds) {
        SearchResult result = Trial.once(DEFAULTS, steps);
        assertThat(result.cost().forwards()).isEqualTo(2L * (first + 5 * copy));
        assertThat(result.cost().verifierCalls()).isEqualTo(2L * 5 * rounds);
    }

    @Test
    void theBestPathsGoOn() {
        SearchResult result = Trial.once(new SearchOverPaths(2, 4, 0.2, 0.5, 0.6), 10);
        // stops at 8, 9 and 10: the second round's parents are the best of the first round's previews
        double[] previews = result.lineage().nodes().stream()
                .filter(node -> node.previews().size() == 1)
                .mapToDouble(node -> node.previews().getFirst().score())
                .sorted()
                .toArray();
        assertThat(previews).hasSize(8);
        assertThat(result.lineage().nodes().stream()
                        .filter(node -> node.score().isPresent())
                        .map(node -> result.lineage().nodes().get(node.parent()))
                        .distinct()
                        .mapToDouble(node -> node.previews().getFirst().score())
                        .sorted()
                        .toArray())
                .containsExactly(previews[6], previews[7]);
    }

    @Test
    void fewAreAlive() {
        Trial trial = Trial.run(new SearchOverPaths(12, 3, 0.2, 0.5, 0.6), Budget.NONE, 10, 7, 7);
        assertThat(trial.most()).isLessThanOrEqualTo(2 * 12 + 7);
        assertThat(trial.left()).isZero();
    }

    @Test
    void aSmallBudgetTakesFewerPathsAndALargeOneRepeats() {
        long path = 3 + 5 * 4;
        assertThat(Trial.within(2 * path - 1, DEFAULTS, 4).cost().forwards()).isEqualTo(path);
        assertThat(Trial.within(2 * 380 - 1, DEFAULTS, 28).cost().forwards()).isEqualTo(380);
        SearchResult result = Trial.within(5 * path + 1, DEFAULTS, 4);
        assertThat(result.cost().forwards()).isEqualTo(5 * path);
        assertThat(result.lineage().nodes().stream().filter(node -> node.parent() == Candidate.ROOT))
                .hasSize(5);
    }

    @Test
    void tooSmallABudgetIsRefusedBeforeAnyCompute() {
        FakeBackend backend = Trial.identity();
        assertThatThrownBy(() -> Trial.run(backend, DEFAULTS, Budget.ofForwards(22), 4, 16, 7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("budget is 22 forwards, strategy paths needs 23 or more for its first image");
        assertThat(backend.batches()).isEmpty();
    }

    @Test
    void tooFewVerifierCallsAreRefusedBeforeAnyCompute() {
        FakeBackend backend = Trial.identity();
        assertThatThrownBy(() -> Trial.run(backend, DEFAULTS, Budget.NONE.withCalls(14), 28, 16, 7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("budget is 14 verifier calls, strategy paths needs 15 or more");
        assertThat(backend.batches()).isEmpty();
    }

    @Test
    void oneStepIsTooFew() {
        assertThatThrownBy(() -> Trial.once(DEFAULTS, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("paths' start is 0.11 of 1 steps from the end, expected a step after the first");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 0, 1, -0.1, Double.POSITIVE_INFINITY})
    void badSettingsAreNamed(double value) {
        assertThatThrownBy(() -> new SearchOverPaths(0, 5, 0.11, 0.78, 0.81))
                .hasMessage("paths is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> new SearchOverPaths(2, -1, 0.11, 0.78, 0.81))
                .hasMessage("paths' expansions is -1, expected 1 to 1000000");
        assertThatThrownBy(() -> new SearchOverPaths(2, 5, value, 0.78, 0.81))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("paths' start is " + value);
        assertThatThrownBy(() -> new SearchOverPaths(2, 5, 0.11, value, 0.81))
                .hasMessageContaining("paths' way back is " + value);
        assertThatThrownBy(() -> new SearchOverPaths(2, 5, 0.11, 0.78, value))
                .hasMessageContaining("paths' way forth is " + value);
        assertThatThrownBy(() -> new SearchOverPaths(2, 5, 0.11, 0.78, 0.78))
                .hasMessage("paths' way forth is 0.78, expected a number above 0.78 and below 1.0");
    }
}
