package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ResamplingTest {
    private static final double NONE = Double.NEGATIVE_INFINITY;

    private static double[] logs(double... weights) {
        return Arrays.stream(weights).map(Math::log).toArray();
    }

    @Test
    void countsAreTheFloorOrTheCeilingOfTheirExpectation() {
        RandomGenerator random = new SplittableRandom(1);
        for (int trial = 0; trial < 2000; trial++) {
            double[] logs = new double[random.nextInt(1, 12)];
            Arrays.setAll(logs, i -> 4 * random.nextGaussian());
            int n = random.nextInt(1, 20);
            int[] counts = Resampling.systematic(logs, n, random.nextDouble());
            double[] weights = Resampling.normalised(logs);
            assertThat(Arrays.stream(counts).sum()).isEqualTo(n);
            for (int i = 0; i < counts.length; i++) {
                assertThat((double) counts[i]).isBetween(Math.floor(n * weights[i]), Math.ceil(n * weights[i]));
            }
        }
    }

    @Test
    void countsAreUnbiased() {
        double[] logs = logs(0.05, 0.4, 0.25, 0.3);
        long[] sums = new long[4];
        int trials = 100_000;
        RandomGenerator random = new SplittableRandom(2);
        for (int trial = 0; trial < trials; trial++) {
            int[] counts = Resampling.systematic(logs, 7, random.nextDouble());
            Arrays.setAll(sums, i -> sums[i] + counts[i]);
        }
        double[] weights = {0.05, 0.4, 0.25, 0.3};
        for (int i = 0; i < 4; i++) {
            // five standard errors of a count that is off by a half at most
            assertThat((double) sums[i] / trials).isCloseTo(7 * weights[i], within(5 * 0.5 / Math.sqrt(trials)));
        }
    }

    @Test
    void equalWeightsAreDrawnOnceEach() {
        for (double u : new double[] {0.01, 0.3, 0.99}) {
            assertThat(Resampling.systematic(new double[] {7, 7, 7, 7, 7}, 5, u))
                    .containsOnly(1);
        }
    }

    @Test
    void weightsMayBeOfAnySize() {
        assertThat(Resampling.normalised(new double[] {100_000, 100_000 + Math.log(3)}))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-9));
        assertThat(Resampling.normalised(new double[] {-100_000, -100_000 + Math.log(3)}))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-9));
        assertThat(Resampling.systematic(new double[] {-1e6, 0, -1e6}, 4, 0.5)).containsExactly(0, 4, 0);
        assertThat(Resampling.systematic(new double[] {0, NONE}, 3, Math.nextDown(1.0)))
                .containsExactly(3, 0);
        assertThat(Resampling.systematic(new double[] {NONE, 0}, 3, 0)).containsExactly(0, 3);
    }

    @Test
    void withoutAnyWeightAllAreEqual() {
        assertThat(Resampling.systematic(new double[] {NONE, NONE, NONE}, 6, 0.2))
                .containsExactly(2, 2, 2);
        assertThat(Resampling.effective(new double[] {NONE, NONE, NONE})).isCloseTo(3, within(1e-12));
    }

    @Test
    void theEffectiveSizeGoesFromOneToAll() {
        assertThat(Resampling.effective(new double[] {5, 5, 5, 5})).isCloseTo(4, within(1e-12));
        assertThat(Resampling.effective(new double[] {900, 0, 0, 0})).isCloseTo(1, within(1e-12));
        assertThat(Resampling.effective(logs(0.5, 0.5, 0))).isCloseTo(2, within(1e-12));
    }
}
