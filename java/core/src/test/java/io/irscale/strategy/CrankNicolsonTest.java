package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Lineage;
import io.irscale.search.SearchResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrankNicolsonTest {
    @Test
    void chainsCostWhatTheyShould() {
        SearchResult result = Trial.once(new CrankNicolson(3, 0.9, 1, OptionalInt.of(7)), 5);
        assertThat(result.cost().forwards()).isEqualTo(3 * 5 * (1 + 7));
        assertThat(result.cost().verifierCalls()).isEqualTo(3 * (1 + 7));
    }

    /** The reward is the first coordinate of normal noise, so chains must sample N(lambda, 1) there. */
    @Test
    void chainsSampleTheTiltedDensity() {
        double lambda = 1.5;
        CrankNicolson chains = new CrankNicolson(200, 0.7, lambda, OptionalInt.of(60));
        SearchResult result =
                Trial.run(Trial.identity(), chains, Budget.NONE, 1, 16, 7).result();
        List<Double> states = statesAfter(result, 200, 20);
        double mean = states.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double variance = states.stream()
                .mapToDouble(state -> (state - mean) * (state - mean))
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(lambda, within(0.1));
        assertThat(variance).isCloseTo(1, within(0.15));
    }

    /** Scores of the chains' states: an accepted proposal is the parent of the next one, a refused one is not. */
    private static List<Double> statesAfter(SearchResult result, int chains, int burnIn) {
        Map<Integer, Double> scores = new HashMap<>();
        List<Lineage.Node> nodes = result.lineage().nodes();
        nodes.forEach(node -> node.score().ifPresent(score -> scores.put(node.parent(), score)));
        return nodes.stream()
                .filter(node -> node.score().isEmpty()) // noise
                .skip((long) chains * (1 + burnIn))
                .map(proposal -> scores.get(proposal.parent()))
                .toList();
    }

    @Test
    void theBudgetGivesNAndAtLastFewerChains() {
        assertThat(Trial.within(103, CrankNicolson.defaults(), 5).cost().forwards())
                .isEqualTo(100);
        assertThat(Trial.within(11, CrankNicolson.defaults(), 5).cost().forwards())
                .isEqualTo(10);
        assertThat(Trial.run(new CrankNicolson(4, 0.9, 1, OptionalInt.of(2)), Budget.NONE.withCalls(31), 5, 2, 7)
                        .result()
                        .cost()
                        .verifierCalls())
                .isEqualTo(31);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 0, -1, Double.POSITIVE_INFINITY})
    void badSettingsAreNamed(double value) {
        assertThatThrownBy(() -> new CrankNicolson(4, 0.9, value, OptionalInt.of(1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("pcn lambda is " + value);
        assertThatThrownBy(() -> new CrankNicolson(4, value, 1, OptionalInt.of(1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("pcn rho is " + value);
        assertThatThrownBy(() -> new CrankNicolson(0, 0.9, 1, OptionalInt.of(1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("pcn chains is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> new CrankNicolson(1, 0.9, 1, OptionalInt.of(0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("pcn iterations is 0, expected 1 to 1000000");
    }
}
