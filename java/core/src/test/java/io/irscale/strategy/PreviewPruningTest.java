package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.FakeBackend;
import io.irscale.search.Lineage;
import io.irscale.search.SearchResult;
import io.irscale.strategy.PreviewPruning.Cut;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreviewPruningTest {
    private static final List<Cut> CUTS = List.of(new Cut(0.3, 0.5), new Cut(0.6, 0.25));

    private static PreviewPruning of(int n) {
        return new PreviewPruning(CUTS, OptionalInt.of(n));
    }

    /** 40 for 3 of 10 evaluations, 20 for 3 more, 5 for the last 4. */
    @Test
    void costsWhatTheFormulaSays() {
        SearchResult result = Trial.once(of(40), 10);
        assertThat(result.cost().forwards()).isEqualTo(40 * 3 + 20 * 3 + 5 * 4);
        assertThat(result.cost().verifierCalls()).isEqualTo(40 + 20 + 5);
        assertThat(result.cost().previews()).isEqualTo(60);
        assertThat(result.ranked()).hasSize(5);
        assertThat(result.winner().candidate().forwards()).isEqualTo(10);
    }

    /** Previews that tell the truth: the best of all 40 wins, although only a few are alive at a time. */
    @Test
    void everybodyIsComparedWithEverybody() {
        Trial trial = Trial.run(Trial.identity(), of(40), Budget.NONE, 10, 4, 7);
        Trial all = Trial.run(Trial.identity(), new RandomSearch(OptionalInt.of(40)), Budget.NONE, 10, 4, 7);
        assertThat(trial.score()).isEqualTo(all.score());
        assertThat(trial.result().ranked().stream().map(scored -> scored.score()))
                .isEqualTo(all.result().ranked().stream()
                        .limit(5)
                        .map(scored -> scored.score())
                        .toList());
        assertThat(trial.most()).isEqualTo(20 + 4);
        assertThat(trial.left()).isZero();
    }

    @Test
    void previewsAreMadeAfterTheRightEvaluation() {
        SearchResult result = Trial.once(of(8), 10);
        assertThat(result.lineage().nodes().stream()
                        .flatMap(node -> node.previews().stream())
                        .map(Lineage.Preview::step)
                        .distinct())
                .containsExactlyInAnyOrder(2, 5); // the third and the sixth
    }

    @Test
    void tiesGoToWhoeverCameFirst() {
        FakeBackend equal = new FakeBackend(2, FakeBackend::standardNormal, (x0, preview) -> 1);
        SearchResult result = Trial.run(equal, of(8), Budget.NONE, 10, 3, 7).result();
        assertThat(result.ranked().stream().map(scored -> scored.candidate().id()))
                .containsExactly(0);
        SearchResult two = Trial.run(
                        equal, new PreviewPruning(List.of(new Cut(0.5, 0.5)), OptionalInt.of(5)), Budget.NONE, 10, 2, 7)
                .result();
        assertThat(two.ranked().stream().map(scored -> scored.candidate().id())).containsExactly(0, 1, 2); // 2.5 is 3
    }

    /** 200 forwards hold N = 40 exactly, 206 would hold 41, 209 hold 42; one call is left for a round of one. */
    @Test
    void theBudgetGivesTheLargestN() {
        PreviewPruning pruning = new PreviewPruning(CUTS, OptionalInt.empty());
        assertThat(starts(Trial.within(200, pruning, 10))).isEqualTo(40);
        assertThat(starts(Trial.within(209, pruning, 10))).isEqualTo(42);
        SearchResult calls =
                Trial.run(pruning, Budget.NONE.withCalls(66), 10, 16, 7).result();
        assertThat(starts(calls)).isEqualTo(40 + 1);
        assertThat(calls.cost().verifierCalls()).isEqualTo(66);
    }

    @Test
    void fewerThanACutKeepsAreNotLookedAt() {
        SearchResult one = Trial.within(10, new PreviewPruning(CUTS, OptionalInt.empty()), 10);
        assertThat(one.cost().verifierCalls()).isEqualTo(1);
        assertThat(one.cost().forwards()).isEqualTo(10);
    }

    @Test
    void aRoundOfGivenSizeIsRepeatedAndTheRestIsSmaller() {
        SearchResult result = Trial.within(2 * 200 + 37, of(40), 10);
        assertThat(result.cost().forwards()).isLessThanOrEqualTo(437).isGreaterThan(437 - 10);
        assertThat(starts(result)).isGreaterThan(80).isLessThan(120);
    }

    @Test
    void oneStepLeavesNothingToCut() {
        Trial trial = Trial.run(of(40), Budget.NONE, 1, 4, 7);
        assertThat(trial.result().cost().forwards()).isEqualTo(40);
        assertThat(trial.most()).isEqualTo(4);
    }

    @Test
    void cutsThatFallOnOneEvaluationAreOneAfterTheOther() {
        SearchResult result = Trial.once(of(16), 2);
        assertThat(result.cost().forwards()).isEqualTo(16 + 2);
        assertThat(result.ranked()).hasSize(2);
    }

    private static long starts(SearchResult result) {
        return result.lineage().nodes().size();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 0, 1, -0.2, 1.5, Double.POSITIVE_INFINITY})
    void badCutsAreNamed(double value) {
        assertThatThrownBy(() -> new Cut(value, 0.5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("pruning cut is %s, expected a number above 0.0 and below 1.0", value);
        assertThatThrownBy(() -> new Cut(0.5, value))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("pruning share kept is %s, expected a number above 0.0 and below 1.0", value);
    }

    @Test
    void badSettingsAreNamed() {
        assertThatThrownBy(() -> of(0)).hasMessage("pruning candidates is 0, expected 1 to 1000000");
        assertThatThrownBy(() -> new PreviewPruning(CUTS.reversed(), OptionalInt.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("pruning cut is 0.3, expected a number above 0.6 and below 1.0");
        assertThatThrownBy(() -> Trial.once(PreviewPruning.defaults(), 10))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("pruning candidates follows from the budget");
    }
}
