package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void risesHoldsAndFalls() {
        LearningRate rate = new LearningRate(2, 4, 0.5, 0.1);
        assertThat(List.of(rate.at(0, 100), rate.at(1, 100), rate.at(3, 100), rate.at(4, 100), rate.at(50, 100)))
                .containsExactly(0.5, 1.0, 2.0, 2.0, 2.0);
        assertThat(rate.at(75, 100)).isCloseTo(1.1, within(1e-12)); // half-way between 2 and 0.2
        assertThat(rate.at(100, 100)).isCloseTo(0.2, within(1e-12));
        for (int step = 51; step < 100; step++) {
            assertThat(rate.at(step, 100)).isLessThan(rate.at(step - 1, 100)).isGreaterThan(0.2);
        }
    }

    @Test
    void shortRunsAndConstantRates() {
        assertThat(new LearningRate(3, 0, 1, 0).at(99, 100)).isEqualTo(3);
        assertThat(new LearningRate(3, 0, 0, 0).at(0, 100)).isEqualTo(3);
        assertThat(new LearningRate(4, 8, 0, 0).at(3, 4)).isEqualTo(2); // never leaves its warm-up
        assertThat(new LearningRate(4, 8, 0, 0).at(8, 8)).isEqualTo(4);
    }

    @Test
    void refusesWhatIsOutOfRange() {
        for (double peak : new double[] {0, -1, Double.NaN}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> new LearningRate(peak, 0, 0, 0))
                    .withMessageContaining("peak " + peak);
        }
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> new LearningRate(1, -1, 0, 0));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> new LearningRate(1, 0, 1.5, 0));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> new LearningRate(1, 0, 0, Double.NaN));
    }
}
