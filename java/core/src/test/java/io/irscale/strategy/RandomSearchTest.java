package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.SearchResult;
import io.irscale.search.Stop;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomSearchTest {
    @Test
    void drawsNFromTheSeedOn() {
        SearchResult result = Trial.once(new RandomSearch(OptionalInt.of(21)), 5);
        assertThat(result.cost().forwards()).isEqualTo(21 * 5);
        assertThat(result.cost().verifierCalls()).isEqualTo(21);
        assertThat(result.ranked().stream().map(scored -> scored.candidate().seed()))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(7, 28).boxed().toList());
        assertThat(result.stop()).isEqualTo(Stop.DONE);
    }

    @Test
    void theBudgetGivesN() {
        SearchResult forwards = Trial.within(47, RandomSearch.defaults(), 4);
        assertThat(forwards.cost().forwards()).isEqualTo(44);
        assertThat(forwards.stop()).isEqualTo(Stop.FORWARDS);
        SearchResult calls = Trial.run(RandomSearch.defaults(), Budget.NONE.withCalls(19), 4, 16, 7)
                .result();
        assertThat(calls.cost().verifierCalls()).isEqualTo(19);
        assertThat(calls.stop()).isEqualTo(Stop.CALLS);
    }

    @Test
    void noMoreThanNWhateverTheBudget() {
        SearchResult result = Trial.within(1000, new RandomSearch(OptionalInt.of(3)), 4);
        assertThat(result.cost().forwards()).isEqualTo(12);
    }

    @Test
    void noMoreAliveThanGoAtOnce() {
        Trial trial = Trial.run(new RandomSearch(OptionalInt.of(50)), Budget.NONE, 3, 4, 7);
        assertThat(trial.most()).isEqualTo(4);
        assertThat(trial.left()).isZero();
    }

    @Test
    void theBudgetCannotGiveNWhereThereIsNone() {
        assertThatThrownBy(() -> Trial.once(RandomSearch.defaults(), 4))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("random candidates follows from the budget, and there is none");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void badNAreNamed(int n) {
        assertThatThrownBy(() -> new RandomSearch(OptionalInt.of(n)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("random candidates is %d, expected 1 to 1000000", n);
    }
}
