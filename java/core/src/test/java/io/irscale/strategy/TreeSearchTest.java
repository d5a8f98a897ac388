package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.Lineage;
import io.irscale.search.SearchResult;
import io.irscale.search.Stop;
import io.irscale.solver.FlowGrpo;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeSearchTest {
    private static final List<Double> LEVELS = List.of(0.2, 0.5);

    private static TreeSearch of(int noises, int children, boolean greedy, int rollouts, int atOnce) {
        return new TreeSearch(
                LEVELS, noises, children, greedy, 5, OptionalInt.of(rollouts), atOnce, 100, FlowGrpo.DEFAULT);
    }

    /** 3 noises and 2 children at each of the levels 0, 2 and 5 of 10: 24 paths, and prefixes are paid for once. */
    @ParameterizedTest
    @CsvSource({"true, 1", "true, 4", "false, 1", "false, 5"})
    void aFullTreePaysForEveryEdgeOnce(boolean greedy, int atOnce) {
        SearchResult result = Trial.once(of(3, 2, greedy, 1000, atOnce), 10);
        assertThat(result.ranked()).hasSize(3 * 2 * 2 * 2);
        assertThat(result.cost().forwards()).isEqualTo(3 + 6 * (1 + 1) + 12 * (2 + 1) + 24 * 4);
        assertThat(result.cost().verifierCalls()).isEqualTo(24);
        assertThat(result.stop()).isEqualTo(Stop.DONE);
    }

    @Test
    void aRolloutCostsWhatItDoesNotShare() {
        SearchResult result = Trial.once(of(2, 3, true, 9, 1), 10);
        long paid = result.lineage().nodes().stream()
                .filter(node -> node.score().isPresent())
                .mapToLong(node -> node.parent() == Candidate.ROOT ? 10 : 9 - node.born())
                .sum();
        assertThat(result.cost().forwards()).isEqualTo(paid);
        assertThat(result.ranked()).hasSize(9);
        assertThat(result.ranked())
                .allSatisfy(scored -> assertThat(scored.forwards()).isEqualTo(10));
    }

    /** With one rollout at a time, the third noise and all later rollouts follow the best value. */
    @Test
    void greedyFollowsTheBest() {
        SearchResult result = Trial.once(of(2, 2, true, 3, 1), 10);
        List<Lineage.Node> images = result.lineage().nodes().stream()
                .filter(node -> node.score().isPresent())
                .toList();
        assertThat(images.get(0).parent()).isEqualTo(Candidate.ROOT);
        assertThat(images.get(1).parent()).isEqualTo(Candidate.ROOT);
        boolean first =
                images.get(0).score().orElseThrow() > images.get(1).score().orElseThrow();
        assertThat(images.get(2).seed()).isEqualTo(images.get(first ? 0 : 1).seed());
        assertThat(images.get(2).born()).isZero();
    }

    @Test
    void samplingAlsoFollowsTheWorse() {
        Map<Boolean, Long> followed = java.util.stream.IntStream.range(0, 60)
                .mapToObj(seed -> Trial.run(of(2, 2, false, 3, 1), Budget.NONE, 10, 16, seed))
                .map(trial -> trial.result().lineage().nodes().stream()
                        .filter(node -> node.score().isPresent())
                        .toList())
                .map(images -> images.get(2).seed()
                        == (images.get(0).score().orElseThrow()
                                                > images.get(1).score().orElseThrow()
                                        ? images.get(0)
                                        : images.get(1))
                                .seed())
                .collect(Collectors.groupingBy(best -> best, Collectors.counting()));
        assertThat(followed.get(true)).isGreaterThan(followed.get(false));
        assertThat(followed.get(false)).isPositive();
    }

    @Test
    void beatsChanceAtEqualForwards() {
        TreeSearch tree = new TreeSearch(
                List.of(0.1, 0.25, 0.45, 0.7), 8, 4, true, 5, OptionalInt.empty(), 2, 256, FlowGrpo.DEFAULT);
        double searched = 0;
        double drawn = 0;
        for (int seed = 0; seed < 40; seed++) {
            searched += Trial.run(tree, Budget.ofForwards(600), 20, 16, seed).score();
            drawn += Trial.run(RandomSearch.defaults(), Budget.ofForwards(600), 20, 16, seed)
                    .score();
        }
        assertThat(searched / 40).isGreaterThan(drawn / 40 + 0.1);
    }

    @Test
    void latentsOfTheLowestValuesGo() {
        TreeSearch few = new TreeSearch(LEVELS, 30, 4, true, 5, OptionalInt.of(40), 2, 6, FlowGrpo.DEFAULT);
        Trial trial = Trial.run(few, Budget.NONE, 10, 16, 7);
        assertThat(trial.most()).isLessThanOrEqualTo(6 + 2 * 4); // two rollouts and three nodes of each besides
        assertThat(trial.left()).isZero();
        assertThat(trial.result().ranked()).hasSize(40);
    }

    @Test
    void aBudgetEndsItAnywhereAndAFullTreeIsFollowedByANewOne() {
        SearchResult result = Trial.within(399, of(2, 2, true, 1000, 3), 10);
        assertThat(result.cost().forwards()).isLessThanOrEqualTo(399).isGreaterThan(389);
        assertThat(result.lineage().nodes().stream().filter(node -> node.parent() == Candidate.ROOT))
                .hasSizeGreaterThan(4);
    }

    @Test
    void levelsThatFallTogetherCountOnce() {
        SearchResult result = Trial.once(
                new TreeSearch(
                        List.of(0.1, 0.25, 0.45, 0.7), 1, 2, true, 5, OptionalInt.of(99), 1, 9, FlowGrpo.DEFAULT),
                4);
        assertThat(result.ranked()).hasSize(1 * 2 * 2 * 2 * 2); // steps 0, 1, 2 and 3
        assertThat(Trial.once(of(3, 2, true, 99, 2), 1).ranked()).hasSize(6);
    }

    @Test
    void scoresThatAreNoNumbersDoNotStopIt() {
        FakeBackend broken = new FakeBackend(2, FakeBackend::standardNormal, (x0, preview) -> Double.NaN);
        Trial trial = Trial.run(broken, of(3, 2, false, 20, 2), Budget.NONE, 10, 16, 7);
        assertThat(trial.result().ranked()).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 0, -1, Double.POSITIVE_INFINITY})
    void badNumbersAreNamed(double value) {
        assertThatThrownBy(
                        () -> new TreeSearch(List.of(value), 1, 1, true, 1, OptionalInt.of(1), 1, 1, FlowGrpo.DEFAULT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tree level is " + value);
        assertThatThrownBy(() -> new TreeSearch(LEVELS, 1, 1, true, value, OptionalInt.of(1), 1, 1, FlowGrpo.DEFAULT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("tree lambda is %s, expected a number above 0", value);
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> of(0, 1, true, 1, 1)).hasMessage("tree noises is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> of(1, 0, true, 1, 1)).hasMessage("tree children is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> of(1, 1, true, -1, 1)).hasMessage("tree rollouts is -1, expected 1 to 1000000");
        assertThatThrownBy(() -> of(1, 1, true, 1, 0)).hasMessage("tree rollouts at once is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> new TreeSearch(LEVELS, 1, 1, true, 1, OptionalInt.of(1), 1, 0, FlowGrpo.DEFAULT))
                .hasMessage("tree latents is 0, expected 1 to 1000000");
    }
}
