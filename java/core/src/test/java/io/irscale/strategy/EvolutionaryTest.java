package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.Lineage;
import io.irscale.search.SearchResult;
import io.irscale.solver.EulerOde;
import io.irscale.solver.FlowGrpo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvolutionaryTest {
    private static final Evolutionary DEFAULTS = Evolutionary.defaults();

    private static Evolutionary of(List<Double> times, List<Integer> populations, int elites, double mutation) {
        return new Evolutionary(times, populations, elites, mutation, FlowGrpo.DEFAULT);
    }

    @Test
    void thePublishedScheduleCostsWhatWasPublished() {
        SearchResult result = Trial.once(DEFAULTS, 50);
        assertThat(result.cost().forwards()).isEqualTo(1465);
        assertThat(result.cost().verifierCalls()).isEqualTo(14 + 7 + 7 + 7 + 10);
        assertThat(result.ranked()).hasSize(45);
    }

    @Test
    void timesMayBeginAtNoise() {
        SearchResult result = Trial.once(of(List.of(0.0, 0.5), List.of(6, 4, 5), 2, 0.2), 10);
        assertThat(result.cost().forwards()).isEqualTo(6 * 10 + 4 * 10 + 5 * 5);
    }

    /** States are bred from those of all generations before, elites among them. */
    @Test
    void poolsHoldAllThatPassed() {
        SearchResult result = Trial.once(of(List.of(0.2, 0.6), List.of(5, 4, 4), 1, 0.2), 10);
        List<Lineage.Node> nodes = result.lineage().nodes();
        List<Lineage.Node> states = nodes.stream()
                .filter(node -> node.score().isEmpty()) // kept at one of the times
                .toList();
        assertThat(states.stream().filter(node -> node.born() == 2)).hasSize(5);
        assertThat(states.stream().filter(node -> node.born() == 6)).hasSize(5 + 4);
        List<Lineage.Node> last = nodes.stream()
                .filter(node -> node.born() == 6 && node.score().isPresent())
                .toList();
        assertThat(last).hasSize(4);
        // The elite comes from the state of the best image of the first two generations.
        Lineage.Node best = nodes.stream()
                .filter(node -> node.score().isPresent() && node.born() < 6)
                .max((a, b) -> Double.compare(a.score().orElseThrow(), b.score().orElseThrow()))
                .orElseThrow();
        assertThat(nodes.get(last.getFirst().parent()).parent()).isEqualTo(best.id());
        assertThat(last.stream().map(node -> nodes.get(node.parent()).born())).containsOnly(6);
    }

    /** Where images are their noise, elites come out as what they were, and mutants do not. */
    @Test
    void elitesGoOnUnchanged() {
        Evolutionary still = new Evolutionary(List.of(0.2, 0.6), List.of(6, 5, 5), 2, 0.2, EulerOde.ODE);
        List<Lineage.Node> nodes = Trial.run(Trial.identity(), still, Budget.NONE, 10, 16, 7)
                .result()
                .lineage()
                .nodes();
        for (int step : new int[] {2, 6}) {
            List<Boolean> unchanged = nodes.stream()
                    .filter(node -> node.born() == step && node.score().isPresent())
                    .map(node -> node.score()
                            .equals(nodes.get(nodes.get(node.parent()).parent()).score()))
                    .toList();
            assertThat(unchanged).containsExactly(true, true, false, false, false);
        }
    }

    @Test
    void beatsChanceAtEqualForwards() {
        double evolved = 0;
        double drawn = 0;
        for (int seed = 0; seed < 40; seed++) {
            Trial trial = Trial.run(DEFAULTS, Budget.NONE, 20, 16, seed);
            Budget same = Budget.ofForwards(trial.result().cost().forwards());
            evolved += trial.score();
            drawn += Trial.run(RandomSearch.defaults(), same, 20, 16, seed).score();
        }
        assertThat(evolved / 40).isGreaterThan(drawn / 40);
    }

    @Test
    void mutationIsAsWideAsASolversNoise() {
        // h = log(.5/.5) - log(.2/.8) = log 4, so e^(-2h) = 1/16
        assertThat(Evolutionary.deviation(0.8, 0.5)).isCloseTo(0.5 * Math.sqrt(15.0 / 16), within(1e-12));
        assertThat(Evolutionary.deviation(1, 0.9)).isEqualTo(0.9);
    }

    @Test
    void smallerPopulationsForWhatIsLeft() {
        long full = 14 * 10 + 7 * 9 + 7 * 6 + 7 * 4 + 10 * 2;
        assertThat(Trial.within(full, DEFAULTS, 10).cost().forwards()).isEqualTo(full);
        SearchResult half = Trial.within(full - 1, DEFAULTS, 10);
        assertThat(half.ranked()).hasSize(13 + 7 + 7 + 7 + 9);
        SearchResult two = Trial.within(2 * full + 50, DEFAULTS, 10);
        assertThat(two.cost().forwards()).isEqualTo(2 * full);
        assertThat(two.lineage().nodes().stream().filter(node -> node.parent() == Candidate.ROOT))
                .hasSize(28);
    }

    @Test
    void tooSmallABudgetIsRefusedBeforeAnyCompute() {
        FakeBackend backend = Trial.identity();
        assertThatThrownBy(() -> Trial.run(backend, DEFAULTS, Budget.ofForwards(123), 10, 16, 7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("budget is 123 forwards, strategy evolution needs 124 or more for its first image");
        assertThat(backend.batches()).isEmpty();
    }

    @Test
    void tooFewVerifierCallsAreRefusedBeforeAnyCompute() {
        FakeBackend backend = Trial.identity();
        assertThatThrownBy(() -> Trial.run(backend, DEFAULTS, Budget.NONE.withCalls(19), 10, 16, 7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("budget is 19 verifier calls, strategy evolution needs 20 or more");
        assertThat(backend.batches()).isEmpty();
        assertThat(Trial.run(backend, DEFAULTS, Budget.NONE.withCalls(20), 10, 16, 7)
                        .result()
                        .ranked())
                .hasSize(20);
    }

    @Test
    void timesMustFallOnDifferentSteps() {
        FakeBackend backend = Trial.identity();
        assertThatThrownBy(() -> Trial.run(backend, DEFAULTS, Budget.NONE, 4, 16, 7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("evolution's time 0.6 falls on step 2, expected 3 to 3");
        assertThatThrownBy(() -> Trial.once(of(List.of(0.99), List.of(4, 4), 3, 0.2), 10))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("evolution's time 0.99 falls on step 10, expected 0 to 9");
        assertThat(backend.batches()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 1, -0.2, 1.5, Double.NEGATIVE_INFINITY})
    void badNumbersAreNamed(double value) {
        assertThatThrownBy(() -> of(List.of(value), List.of(4, 4), 3, 0.2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("evolution's time is " + value);
        assertThatThrownBy(() -> of(List.of(0.1), List.of(4, 4), 3, value))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("evolution's mutation is " + value);
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> of(List.of(0.5, 0.5), List.of(4, 4, 4), 3, 0.2))
                .hasMessage("evolution's time is 0.5, expected a number above 0.5 and below 1.0");
        assertThatThrownBy(() -> of(List.of(0.5), List.of(4, 3), 3, 0.2))
                .hasMessage("evolution's population is 3, expected 4 or more");
        assertThatThrownBy(() -> of(List.of(0.5), List.of(4), 3, 0.2))
                .hasMessage("evolution has 1 populations, expected 2, one more than times");
        assertThatThrownBy(() -> of(List.of(0.5), List.of(4, 4), 0, 0.2))
                .hasMessage("evolution's elites is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> of(List.of(), List.of(4), 3, 0.2))
                .hasMessage("evolution's number of times is 0, expected 1 to 1000000");
    }
}
