package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.Lineage;
import io.irscale.search.SearchResult;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroOrderTest {
    private static final int STEPS = 5;

    private static ZeroOrder of(int neighbours, int iterations, boolean redraw) {
        return new ZeroOrder(neighbours, 0.8, OptionalInt.of(iterations), redraw);
    }

    @Test
    void thePivotIsNotMadeAgain() {
        SearchResult result = Trial.once(of(4, 6, false), STEPS);
        assertThat(result.cost().forwards()).isEqualTo(STEPS * (1 + 4 * 6));
        assertThat(result.cost().verifierCalls()).isEqualTo(1 + 4 * 6);
    }

    @Test
    void everyPivotIsTheBestSoFar() {
        SearchResult result = Trial.once(of(3, 12, false), STEPS);
        List<Lineage.Node> nodes = result.lineage().nodes();
        double best = Double.NEGATIVE_INFINITY;
        int pivot = Candidate.ROOT;
        for (Lineage.Node node : result.lineage().nodes()) {
            if (node.score().isPresent()) { // an image; its parent is the noise, whose parent is the pivot
                Lineage.Node noise = nodes.get(node.parent());
                if (noise.parent() != pivot) {
                    double parent = imageScore(result, noise.parent());
                    assertThat(parent).isEqualTo(best);
                    pivot = noise.parent();
                }
                best = Math.max(best, node.score().getAsDouble());
            }
        }
        assertThat(result.winner().score()).hasValue(best);
    }

    @Test
    void climbsFurtherThanChance() {
        double climbed = 0;
        double drawn = 0;
        for (int seed = 0; seed < 30; seed++) {
            Budget budget = Budget.ofForwards(2 * 81);
            climbed += Trial.run(Trial.identity(), of(4, 20, false), budget, 2, 16, seed)
                    .score();
            drawn += Trial.run(Trial.identity(), RandomSearch.defaults(), budget, 2, 16, seed)
                    .score();
        }
        assertThat(climbed / 30).isGreaterThan(drawn / 30 + 0.3);
    }

    @Test
    void anUnbeatenPivotStaysAndIsNotPaidForAgain() {
        SearchResult result = Trial.run(loseLater(), of(3, 4, false), Budget.NONE, STEPS, 16, 7)
                .result();
        assertThat(result.cost().forwards()).isEqualTo(STEPS * (1 + 3 * 4));
        assertThat(starts(result)).isEqualTo(1);
        assertThat(result.winner().candidate().forwards()).isEqualTo(STEPS);
        assertThat(result.lineage().nodes().stream().filter(node -> node.parent() == 0))
                .hasSize(1 + 3 * 4);
    }

    @Test
    void anUnbeatenPivotGivesWayIfAskedTo() {
        SearchResult result = Trial.run(loseLater(), of(3, 4, true), Budget.NONE, STEPS, 16, 7)
                .result();
        assertThat(starts(result)).isEqualTo(4);
        assertThat(result.cost().forwards()).isEqualTo(STEPS * (4 + 3 * 4));
        assertThat(result.winner().candidate().seed()).isEqualTo(7); // what was given way is still known
    }

    @Test
    void theLastIterationLooksAtFewerAndAllStartsOverAfterN() {
        SearchResult fewer = Trial.within(STEPS * 8 + 3, new ZeroOrder(4, 0.95, OptionalInt.empty(), false), STEPS);
        assertThat(fewer.cost().verifierCalls()).isEqualTo(1 + 4 + 3);
        SearchResult over = Trial.within(STEPS * 20, of(2, 3, false), STEPS);
        assertThat(over.cost().verifierCalls()).isEqualTo(20);
        assertThat(starts(over)).isEqualTo(3);
    }

    // Nobody beats whoever came first.
    private static FakeBackend loseLater() {
        double[] next = {0};
        return new FakeBackend(3, FakeBackend::standardNormal, (x0, preview) -> next[0]--);
    }

    private static long starts(SearchResult result) {
        return result.lineage().nodes().stream()
                .filter(node -> node.parent() == Candidate.ROOT)
                .count();
    }

    private static double imageScore(SearchResult result, int noise) {
        List<Lineage.Node> images = result.lineage().nodes().stream()
                .filter(node -> node.parent() == noise && node.score().isPresent())
                .toList();
        assertThat(images).hasSize(1);
        return images.getFirst().score().orElseThrow();
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> new ZeroOrder(0, 0.95, OptionalInt.of(1), false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("zero-order neighbours is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> new ZeroOrder(4, 0.95, OptionalInt.of(-3), false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("zero-order iterations is -3, expected 1 to 1000000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 1, -1, 1.5, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void badCosinesAreNamed(double cosine) {
        assertThatThrownBy(() -> new ZeroOrder(4, cosine, OptionalInt.of(1), false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("zero-order cosine is " + cosine + ", expected a number above -1.0");
    }
}
