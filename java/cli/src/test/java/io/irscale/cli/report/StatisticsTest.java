package io.irscale.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class StatisticsTest {
    @Test
    void median() {
        assertThat(Statistics.median(List.of())).isEmpty();
        assertThat(Statistics.median(List.of(3.0))).hasValue(3);
        assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 9.0))).hasValue(3);
    }

    @Test
    void rankCorrelation() {
        List<Double> rising = List.of(1.0, 2.0, 30.0, 400.0);
        assertThat(Statistics.rankCorrelation(rising, List.of(0.1, 0.2, 0.3, 0.4)))
                .hasValueCloseTo(1.0, within(1e-12));
        assertThat(Statistics.rankCorrelation(rising, rising.reversed())).hasValueCloseTo(-1.0, within(1e-12));
        // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), which has a tie
        assertThat(Statistics.rankCorrelation(List.of(1.0, 2.0, 3.0, 4.0, 5.0), List.of(5.0, 6.0, 7.0, 8.0, 7.0)))
                .hasValueCloseTo(0.8207826816681233, within(1e-12));
        assertThat(Statistics.rankCorrelation(rising, List.of(1.0, 1.0, 1.0, 1.0)))
                .isEmpty();
        assertThat(Statistics.rankCorrelation(List.of(1.0, 2.0), List.of(1.0, 2.0)))
                .isEmpty();
    }
}
