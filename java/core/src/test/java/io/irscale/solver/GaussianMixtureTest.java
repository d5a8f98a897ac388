package io.irscale.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The toy against sums over a grid. */
class GaussianMixtureTest {
    private static final GaussianMixture DATA = GaussianMixture.THREE;

    private static double integral(DoubleUnaryOperator f) {
        double sum = 0;
        for (double x = -12; x < 12; x += 1e-3) {
            sum += f.applyAsDouble(x) * 1e-3;
        }
        return sum;
    }

    private static double moment(DoubleUnaryOperator weight, int power) {
        double all = integral(x -> DATA.density(x) * weight.applyAsDouble(x));
        return integral(x -> DATA.density(x) * weight.applyAsDouble(x) * Math.pow(x, power)) / all;
    }

    private static void assertMoments(GaussianMixture exact, DoubleUnaryOperator weight) {
        double mean = moment(weight, 1);
        assertThat(exact.mean()).isCloseTo(mean, within(1e-9));
        assertThat(exact.variance()).isCloseTo(moment(weight, 2) - mean * mean, within(1e-9));
    }

    @Test
    void velocityIsTheConditionalMean() {
        for (double t : new double[] {1, 0.7, 0.3, 0.05}) {
            for (double x : new double[] {-2.2, -0.4, 0.1, 3}) {
                double level = t;
                DoubleUnaryOperator likelihood = x0 -> Math.exp(-Math.pow((x - (1 - level) * x0) / level, 2) / 2);
                double x0 = moment(likelihood, 1);
                assertThat(DATA.velocity(x, t)).isCloseTo((x - x0) / t, within(1e-8));
            }
        }
    }

    @Test
    void tiltsAreProportionalToTheReward() {
        assertMoments(DATA.tilted(0), x -> 1);
        assertMoments(DATA.tilted(1.5), x -> Math.exp(1.5 * x));
        assertMoments(DATA.drawnTo(1, 2), x -> Math.exp(-(x - 1) * (x - 1)));
    }

    @Test
    void quantilesAreTheirOwnSamples() {
        double[] quantiles = DATA.quantiles(1000);
        assertThat(DATA.distance(quantiles.clone())).isZero();
        assertThat(integral(x -> x < quantiles[299] ? DATA.density(x) : 0)).isCloseTo(0.2995, within(2e-3));
        double[] shifted = quantiles.clone();
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] += 0.25;
        }
        assertThat(DATA.distance(shifted)).isCloseTo(0.25, within(1e-12));
    }
}
