package io.irscale.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.denoise.FlowSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the grid ends, how it goes on, and that its steps are the VP process's own. */
class VpGridTest {
    static FlowSchedule even(int steps) {
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i <= steps; i++) {
            sigmas[i] = (float) (1 - (double) i / steps);
        }
        return FlowSchedule.of(sigmas);
    }

    @Test
    void tenStepsEndAtSevenTenthsWhereTheNextWouldBeTheImage() {
        float[] levels = VpGrid.of(10).levels(even(10));
        // RBF's levels; 1 stands for its .993
        float[] grid = {1, .993f, .992f, .990f, .986f, .978f, .962f, .929f, .859f, .709f};
        for (int i = 0; i < grid.length; i++) {
            assertThat(levels[i]).isCloseTo(grid[i], within(6e-4f));
        }
        assertThat(VpGrid.of(10).end()).isEqualTo(levels[9]);
        // r = sqrt(1 - (10/10)^2) = 0 is all that is left of RBF's grid; the flow's levels go on in its place
        assertThat(levels).hasSize(18).endsWith(.7f, .6f, .5f, .4f, .3f, .2f, .1f, 0f);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 28, 100})
    void levelsFallToZero(int steps) {
        float[] levels = VpGrid.of(steps).levels(even(steps));
        assertThat(levels[0]).isEqualTo(1);
        assertThat(levels[levels.length - 1]).isZero();
        for (int i = 1; i < levels.length; i++) {
            assertThat(levels[i]).isLessThan(levels[i - 1]);
        }
    }

    @Test
    void noiseEndsWithTheGrid() {
        VpGrid grid = VpGrid.of(10);
        float[] levels = grid.levels(even(10));
        for (int i = 0; i + 1 < levels.length; i++) {
            assertThat(grid.step(levels[i], levels[i + 1]).stochastic())
                    .as("step %d", i)
                    .isEqualTo(i < 9);
        }
        assertThat(grid.step(levels[9], levels[10])).isEqualTo(EulerOde.ODE.step(levels[9], levels[10]));
    }

    /** RBF's own step in VP coordinates, written out, is met by ours as the step gets small. */
    @Test
    void stepsAreThoseOfTheConvertedProcess() {
        VpGrid grid = VpGrid.of(10);
        for (double r : new double[] {0.95, 0.7, 0.55}) {
            double coarse = differenceFromRbf(grid, r, 1e-2);
            double fine = differenceFromRbf(grid, r, 1e-3);
            assertThat(coarse).isLessThan(0.04);
            assertThat(fine).as("at r = %s", r).isLessThan(coarse / 50);
        }
    }

    private static double differenceFromRbf(VpGrid grid, double r, double dr) {
        double x = 0.4;
        double v = -1.1;
        Vp from = Vp.at(r);
        Vp to = Vp.at(r - dr);
        double bar = from.c() * x;
        double u = from.dc() / from.c() * bar + from.c() * from.dt() * v; // RBF's converted velocity
        double x0 = (from.sigma() * u - from.dsigma() * bar)
                / (from.dalpha() * from.sigma() - from.dsigma() * from.alpha());
        assertThat(x0).as("x0 is the same in either").isCloseTo(x - from.t() * v, within(1e-6));
        double score = -(bar - from.alpha() * x0) / (from.sigma() * from.sigma());
        double g = 3 * r * r;
        double mean = (bar + (-u + g * g / 2 * score) * dr) / to.c();
        double variance = g * g * dr / (to.c() * to.c());
        Transition found = grid.step(from.t(), to.t());
        double foundMean = found.latent() * x + found.velocity() * v;
        return Math.abs(foundMean - mean) + Math.abs(found.noise() * found.noise() - variance);
    }

    /** The interpolant and its derivatives by r, those by central differences. */
    private record Vp(
            double alpha, double sigma, double t, double c, double dalpha, double dsigma, double dt, double dc) {
        static Vp at(double r) {
            double[] here = values(r);
            double[] above = values(r + 1e-6);
            double[] below = values(r - 1e-6);
            double[] slope = new double[4];
            for (int i = 0; i < 4; i++) {
                slope[i] = (above[i] - below[i]) / 2e-6;
            }
            return new Vp(here[0], here[1], here[2], here[3], slope[0], slope[1], slope[2], slope[3]);
        }

        private static double[] values(double r) {
            double i = r * r * (20 - 0.1) / 2 + 0.1 * r;
            double alpha = Math.exp(-i / 2);
            double sigma = Math.sqrt(1 - Math.exp(-i));
            double t = sigma / (alpha + sigma);
            return new double[] {alpha, sigma, t, sigma / t};
        }
    }

    @Test
    void theShareOfFreshNoiseIsTheIntegral() {
        VpGrid grid = VpGrid.of(10);
        float[] levels = grid.levels(even(10));
        for (int i = 0; i < 9; i++) {
            double from = Math.sqrt(1 - Math.pow(i / 10.0, 2));
            double to = Math.sqrt(1 - Math.pow((i + 1) / 10.0, 2));
            double integral = 0;
            for (int cell = 0; cell < 1000; cell++) {
                double r = to + (from - to) * (cell + 0.5) / 1000;
                double sigma = Vp.at(r).sigma();
                integral += 9 * Math.pow(r, 4) / (sigma * sigma) * (from - to) / 1000;
            }
            double share = grid.step(levels[i], levels[i + 1]).noise() / levels[i + 1];
            assertThat(share * share).isCloseTo(1 - Math.exp(-integral), within(2e-4));
        }
    }
}
