package io.irscale.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.denoise.FlowSchedule;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every kernel samples from data that is known, with the exact velocity: its Wasserstein-1 distance. */
class MarginalTest {
    private static final int SAMPLES = 50_000;
    private static final GaussianMixture DATA = GaussianMixture.THREE;

    private static double ode;

    static Stream<Solver> kernels() {
        return Stream.of(EulerMaruyama.RBF, FlowGrpo.DEFAULT, new DdimEta(0.3), DdimEta.DDPM);
    }

    @BeforeAll
    static void measureTheOde() {
        ode = distance(EulerOde.ODE, VpGridTest.even(28).sigmas());
        assertThat(ode).isBetween(0.04, 0.07);
    }

    private static double distance(Solver solver, float[] levels) {
        RandomGenerator random = new SplittableRandom(20);
        double[] samples = new double[SAMPLES];
        Arrays.setAll(samples, i -> random.nextGaussian());
        for (int step = 0; step + 1 < levels.length; step++) {
            double t = levels[step];
            Transition move = solver.step(t, levels[step + 1]);
            for (int i = 0; i < SAMPLES; i++) {
                samples[i] = move.latent() * samples[i] + move.velocity() * DATA.velocity(samples[i], t);
                if (move.stochastic()) {
                    samples[i] += move.noise() * random.nextGaussian();
                }
            }
        }
        return DATA.distance(samples);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void comesCloserWithTheSteps(Solver solver) {
        assertFalls(
                solver,
                Stream.of(10, 28, 100)
                        .mapToDouble(
                                steps -> distance(solver, VpGridTest.even(steps).sigmas()))
                        .toArray());
    }

    @Test
    void theVpGridComesCloserWithItsTail() {
        double[] distances = Stream.of(10, 28, 100)
                .mapToDouble(steps -> {
                    VpGrid grid = VpGrid.of(steps);
                    return distance(grid, grid.levels(VpGridTest.even(steps)));
                })
                .toArray();
        assertFalls(VpGrid.of(28), distances);
        VpGrid ten = VpGrid.of(10);
        float[] rbf = Arrays.copyOf(ten.levels(FlowSchedule.of(new float[] {1, 0})), 11);
        assertThat(distance(ten, rbf)).as("RBF's single step from .709").isGreaterThan(3 * distances[0]);
    }

    private static void assertFalls(Solver solver, double[] distances) {
        String seen = "%s: %s, ode %s".formatted(solver.describe(), Arrays.toString(distances), ode);
        assertThat(distances[1]).as(seen).isLessThan(distances[0]).isLessThan(2.5 * ode);
        assertThat(distances[2]).as(seen).isLessThan(distances[1]);
    }
}
