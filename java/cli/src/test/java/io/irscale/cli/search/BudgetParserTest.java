package io.irscale.cli.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BudgetParserTest {
    @Test
    void everyKindOfLimit() {
        assertThat(BudgetParser.parse("400nfe")).isEqualTo(Budget.ofForwards(400));
        assertThat(BudgetParser.parse("50calls")).isEqualTo(Budget.NONE.withCalls(50));
        assertThat(BudgetParser.parse("60s")).isEqualTo(Budget.NONE.withTime(Duration.ofSeconds(60)));
        assertThat(BudgetParser.parse("1.5min")).isEqualTo(Budget.NONE.withTime(Duration.ofSeconds(90)));
        assertThat(BudgetParser.parse("2h")).isEqualTo(Budget.NONE.withTime(Duration.ofHours(2)));
        assertThat(BudgetParser.parse("score>=0.31")).isEqualTo(Budget.NONE.withScore(0.31));
        assertThat(BudgetParser.parse("score>=-2")).isEqualTo(Budget.NONE.withScore(-2));
    }

    @Test
    void severalLimitsInAnyOrder() {
        assertThat(BudgetParser.parse("score>=0.5,30s,10calls,7nfe"))
                .isEqualTo(Budget.ofForwards(7)
                        .withCalls(10)
                        .withTime(Duration.ofSeconds(30))
                        .withScore(0.5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"|'' cannot be read",
                "400|'400' cannot be read",
                "-1nfe|'-1nfe' cannot be read",
                "1e3nfe|'1e3nfe' cannot be read",
                "400 nfe|'400 nfe' cannot be read",
                "400NFE|'400NFE' cannot be read",
                "99999999999999999999nfe|cannot be read",
                "10nfe,|'' cannot be read",
                "score|'score' cannot be read",
                "score>=NaN|'score>=NaN' cannot be read",
                "0s|'0s' cannot be read",
                "infinitys|cannot be read",
                "999999999h|cannot be read",
                "0nfe|budget is 0 forwards, expected 1 or more",
                "0calls|budget is 0 verifier calls, expected 1 or more",
                "5nfe,6nfe|two limits of nfe",
                "5s,1min|two limits of time",
            })
    void allElseIsRefused(String text, String message) {
        assertThatThrownBy(() -> BudgetParser.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }
}
