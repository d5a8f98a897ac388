package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** KID and CMMD. */
class DiscrepancyTest {
    private final Features real = RandomFeatures.normal(60, 6, 0, 1, 1);
    private final Features fake = RandomFeatures.normal(50, 6, 0.4, 1, 2);

    @Test
    void kernelDistanceOfTwoPairsByHand() {
        // One dimension: k(x, y) = (xy + 1)³; 8 between the ones, 27 and 1 as below.
        Features a = Features.of(new float[] {1, 1}, 2, 1);
        Features b = Features.of(new float[] {2, 0}, 2, 1);
        assertThat(new KernelDistance(a, b).value()).isEqualTo(8 + 1 - 2 * (27 + 1 + 27 + 1) / 4.0);
    }

    @Test
    void clipDiscrepancyLooksAtDirectionsAlone() {
        float[] scaled = fake.values();
        Random random = new Random(3);
        for (int row = 0; row < 50; row++) {
            float factor = 0.1f + 10 * random.nextFloat();
            for (int i = 0; i < 6; i++) {
                scaled[row * 6 + i] *= factor;
            }
        }
        double value = new ClipDiscrepancy(real, fake).value();
        assertThat(value).isPositive();
        assertThat(new ClipDiscrepancy(real, Features.of(scaled, 50, 6)).value())
                .isCloseTo(value, within(1e-6 * value));
        assertThat(new ClipDiscrepancy(real, real).value()).isCloseTo(0, within(1e-12));
    }

    @Test
    void anImageDrawnTwiceMakesNoPairWithItself() {
        // A pair of equal images would be as alike as can be, and every bootstrap draw has some.
        KernelDistance distance = new KernelDistance(real, fake);
        assertThat(distance.of(new int[] {0, 0, 1, 1, 2, 2}))
                .isCloseTo(distance.of(new int[] {0, 1, 2}), within(1e-12));
        assertThat(distance.of(new int[] {4, 4})).isNaN();
    }

    @Test
    void subsetsSpreadRoundTheFullDistance() {
        KernelDistance distance = new KernelDistance(real, fake);
        KernelDistance.Subsets subsets = distance.subsets(400, 20, 5);
        assertThat(subsets.deviation()).isPositive();
        assertThat(subsets.mean()).isCloseTo(distance.value(), within(4 * subsets.deviation() / Math.sqrt(400)));
        assertThat(distance.subsets(400, 20, 5)).isEqualTo(subsets);
        assertThat(distance.subsets(400, 20, 6)).isNotEqualTo(subsets);
    }

    @Test
    void aSubsetOfEverythingIsTheFullDistance() {
        Features equal = real.draw(50, 1);
        KernelDistance distance = new KernelDistance(equal, fake);
        KernelDistance.Subsets subsets = distance.subsets(3, 1000, 5);
        assertThat(subsets.mean()).isCloseTo(distance.value(), within(1e-12));
        assertThat(subsets.deviation()).isCloseTo(0, within(1e-12));
    }

    @Test
    void badInputIsNamed() {
        Features one = RandomFeatures.normal(1, 6, 0, 1, 1);
        Features other = RandomFeatures.normal(50, 7, 0, 1, 1);
        Features zero = Features.of(new float[12], 2, 6);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new KernelDistance(real, one))
                .withMessage("KID: a set has 1 images, expected at least 2");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new ClipDiscrepancy(one, fake))
                .withMessage("CMMD: a set has 1 images, expected at least 2");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new KernelDistance(real, other))
                .withMessage("features: one set has 6 dimensions, the other 7; expected one encoder");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new ClipDiscrepancy(real, zero))
                .withMessage("features: row 0 has length 0, expected one above");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new KernelDistance(real, RandomFeatures.normal(12_001, 6, 0, 1, 1)))
                .withMessage("KID: a set has 12001 images, expected at most 12000");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new KernelDistance(real, fake).subsets(100, 1, 0))
                .withMessage("KID: 100 subsets of 1 images, expected at least 1 of at least 2");
    }
}
