package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
    private static double between(Features a, Features b) {
        return new FrechetDistance(Moments.of(a), b).value();
    }

    @Test
    void ofOneDimensionIsTheDifferenceOfMeansAndDeviations() {
        Features a = Features.of(new float[] {0, 2, 4}, 3, 1); // mean 2, deviation 2
        Features b = Features.of(new float[] {4, 5, 6}, 3, 1); // mean 5, deviation 1
        assertThat(between(a, b)).isCloseTo(9 + 1, within(1e-14));
    }

    @Test
    void ofASetToItselfIsZero() {
        for (int count : new int[] {5, 40}) {
            Features set = RandomFeatures.normal(count, 16, 3, 2, 1);
            assertThat(between(set, set)).isCloseTo(0, within(1e-12));
        }
    }

    @Test
    void ofSetsWithoutSpreadIsTheSquaredDistanceOfTheirMeans() {
        Features a = Features.of(new float[] {1, 1, 1, 1}, 2, 2);
        Features b = Features.of(new float[] {4, 5, 4, 5}, 2, 2);
        assertThat(between(a, b)).isEqualTo(25);
    }

    @Test
    void keepsTheDigitsOfSmallVariances() {
        // Deviations 1 and 1e-6 at right angles, in the second set twice as large: 1 + 1e-12 more.
        float small = 1e-6f;
        Features a = Features.of(new float[] {1, 0, -1, 0, 0, small, 0, -small}, 4, 2);
        Features b = Features.of(new float[] {2, 0, -2, 0, 0, 2 * small, 0, -2 * small}, 4, 2);
        double variance = 2.0 / 3;
        assertThat(between(a, b)).isCloseTo(variance * (1 + (double) small * small), within(1e-15));
    }

    @Test
    void ofDrawnRowsIsThatOfTheSetOfThoseRows() {
        Features reference = RandomFeatures.normal(60, 8, 0, 1, 1);
        Features generated = RandomFeatures.normal(50, 8, 0.5, 2, 2);
        FrechetDistance distance = new FrechetDistance(Moments.of(reference), generated);
        int[] rows = {3, 3, 17, 49, 0, 21, 8, 8, 8, 30, 11, 12};
        float[] values = new float[rows.length * 8];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(generated.values(), rows[i] * 8, values, i * 8, 8);
        }
        assertThat(distance.of(rows))
                .isCloseTo(between(Features.of(values, rows.length, 8), reference), within(1e-10))
                .isNotCloseTo(distance.value(), within(1e-3));
    }

    @Test
    void needsTwoImagesAndOneEncoder() {
        Features one = RandomFeatures.normal(1, 4, 0, 1, 1);
        Features two = RandomFeatures.normal(2, 4, 0, 1, 1);
        Features other = RandomFeatures.normal(2, 5, 0, 1, 1);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Moments.of(one))
                .withMessage("covariance: a set has 1 images, expected at least 2");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> between(two, one))
                .withMessage("Fréchet distance: a set has 1 images, expected at least 2");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> between(two, other))
                .withMessage("Fréchet distance: features have 5 dimensions, the reference's 4");
    }
}
