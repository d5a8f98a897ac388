package io.irscale.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel against its formula written out in x0, eps and the score. */
class SolverTest {
    private static final double X = 0.7;
    private static final double V = -1.3;
    private static final double[][] STEPS = {{1, 0.96}, {0.9, 0.8}, {0.5, 0.45}, {0.2, 0.01}};

    static Stream<Solver> noisy() {
        return Stream.of(
                EulerMaruyama.RBF,
                new EulerMaruyama(1, 1),
                new EulerMaruyama(0.5, 0),
                FlowGrpo.DEFAULT,
                new DdimEta(0.3),
                DdimEta.DDPM,
                VpGrid.of(100));
    }

    private static double mean(Transition step) {
        return step.latent() * X + step.velocity() * V;
    }

    private static double x0(double t) {
        return X - t * V;
    }

    private static double eps(double t) {
        return X + (1 - t) * V;
    }

    @Test
    void eulerMaruyamaFollowsTheScore() {
        for (double[] step : STEPS) {
            double t = step[0];
            double dt = t - step[1];
            double g = 1.5 * Math.pow(t, 3);
            Transition found = new EulerMaruyama(1.5, 3).step(t, step[1]);
            double score = -eps(t) / t;
            assertThat(mean(found)).isCloseTo(X + (-V + g * g / 2 * score) * dt, within(1e-12));
            assertThat(found.noise()).isCloseTo(g * Math.sqrt(dt), within(1e-12));
        }
    }

    @Test
    void flowGrpoIsTheReferencesMean() {
        for (double[] step : STEPS) {
            double t = step[0];
            double dt = step[1] - t;
            double deviation = 0.7 * Math.sqrt(t / (1 - (t == 1 ? step[1] : t)));
            double pull = deviation * deviation / (2 * t);
            Transition found = FlowGrpo.DEFAULT.step(t, step[1]);
            assertThat(mean(found)).isCloseTo(X * (1 + pull * dt) + V * (1 + pull * (1 - t)) * dt, within(1e-12));
            assertThat(found.noise()).isCloseTo(deviation * Math.sqrt(-dt), within(1e-12));
        }
    }

    @Test
    void ddimMixesX0WithOldAndFreshNoise() {
        for (double[] step : STEPS) {
            double t = step[0];
            double s = step[1];
            Transition found = new DdimEta(0.6).step(t, s);
            // DDIM, equation 16, with alpha-bar = (1 - t)^2 / ((1 - t)^2 + t^2)
            double signal = alphaBar(t);
            double next = alphaBar(s);
            double sigma = 0.6 * Math.sqrt((1 - next) / (1 - signal)) * Math.sqrt(1 - signal / next);
            double fresh = sigma / Math.sqrt(1 - next);
            assertThat(mean(found))
                    .isCloseTo((1 - s) * x0(t) + s * Math.sqrt(1 - fresh * fresh) * eps(t), within(1e-12));
            assertThat(found.noise()).isCloseTo(s * fresh, within(1e-12));
        }
    }

    private static double alphaBar(double t) {
        return (1 - t) * (1 - t) / ((1 - t) * (1 - t) + t * t);
    }

    @Test
    void ddimWithoutEtaIsTheOde() {
        for (double[] step : STEPS) {
            Transition ode = EulerOde.ODE.step(step[0], step[1]);
            Transition found = new DdimEta(0).step(step[0], step[1]);
            assertThat(found.latent()).isCloseTo(ode.latent(), within(1e-12));
            assertThat(found.velocity()).isCloseTo(ode.velocity(), within(1e-12));
            assertThat(found.stochastic()).isFalse();
        }
    }

    @Test
    void ddpmIsSdeDpmSolverPlusPlusOfOrderOne() {
        for (double[] step : List.of(STEPS).subList(1, STEPS.length)) {
            double t = step[0];
            double s = step[1];
            double h = Math.log((1 - s) / s) - Math.log((1 - t) / t);
            Transition found = DdimEta.DDPM.step(t, s);
            // x' = sigma_s / sigma_t e^{-h} x + alpha_s (1 - e^{-2h}) x0 + sigma_s sqrt(1 - e^{-2h}) z
            double expected = s / t * Math.exp(-h) * X + (1 - s) * (1 - Math.exp(-2 * h)) * x0(t);
            assertThat(mean(found)).isCloseTo(expected, within(1e-12));
            assertThat(found.noise()).isCloseTo(s * Math.sqrt(1 - Math.exp(-2 * h)), within(1e-12));
        }
    }

    @ParameterizedTest
    @MethodSource("noisy")
    void smallStepsKeepTheMarginalOfGaussianData(Solver solver) {
        for (double t : new double[] {0.95, 0.8, 0.6}) {
            double coarse = marginalError(solver, t, 1e-3);
            double fine = marginalError(solver, t, 1e-4);
            assertThat(coarse).as("at level %s", t).isLessThan(1e-4);
            // of second order: ten times finer, a hundred times smaller
            assertThat(fine).as("at level %s", t).isLessThan(coarse / 50 + 1e-12);
        }
    }

    /** Data N(0, 0.5^2): the variance after a step, against that of the marginal. */
    private static double marginalError(Solver solver, double t, double dt) {
        Transition step = solver.step(t, t - dt);
        double slope = (t - (1 - t) * 0.25) / variance(t); // v = E[eps - x0 | x] = slope x
        double factor = step.latent() + step.velocity() * slope;
        return Math.abs(factor * factor * variance(t) + step.noise() * step.noise() - variance(t - dt));
    }

    private static double variance(double t) {
        return (1 - t) * (1 - t) * 0.25 + t * t;
    }

    @ParameterizedTest
    @MethodSource("noisy")
    void theLastStepIsTheOdes(Solver solver) {
        assertThat(solver.step(0.1, 0.05).noise()).isGreaterThanOrEqualTo(0);
        Transition last = solver.step(0.1, 0);
        Transition preview = Transition.preview(0.1);
        assertThat(last.stochastic()).isFalse();
        assertThat(last.latent()).isCloseTo(preview.latent(), within(1e-12));
        assertThat(last.velocity()).isCloseTo(preview.velocity(), within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("noisy")
    void stepsGoDown(Solver solver) {
        assertRefused(() -> solver.step(0.5, 0.5), "step from level 0.5 to 0.5, expected 0 <= to < from <= 1");
        assertRefused(() -> solver.step(0.5, 0.6), "step from level 0.5 to 0.6, expected 0 <= to < from <= 1");
        assertRefused(() -> solver.step(1.5, 0.5), "step from level 1.5 to 0.5, expected 0 <= to < from <= 1");
        assertRefused(() -> solver.step(0.5, -0.1), "step from level 0.5 to -0.1, expected 0 <= to < from <= 1");
        assertRefused(() -> solver.step(Double.NaN, 0.1), "step from level NaN to 0.1, expected 0 <= to < from <= 1");
    }

    @Test
    void settingsHaveRanges() {
        assertRefused(() -> new EulerMaruyama(0, 2), "scale of the diffusion is 0.0, expected 0.001 to 10.0");
        assertRefused(() -> new EulerMaruyama(3, -1), "power of the diffusion is -1.0, expected 0.0 to 10.0");
        assertRefused(() -> new EulerMaruyama(Double.NaN, 2), "scale of the diffusion is NaN, expected 0.001 to 10.0");
        assertRefused(
                () -> new FlowGrpo(Double.POSITIVE_INFINITY), "a of flow-grpo is Infinity, expected 0.001 to 10.0");
        assertRefused(() -> new DdimEta(1.1), "eta is 1.1, expected 0.0 to 1.0");
        assertRefused(() -> new DdimEta(-0.1), "eta is -0.1, expected 0.0 to 1.0");
        assertRefused(() -> VpGrid.of(1), "steps of the VP grid is 1, expected 2 to 100");
        assertRefused(() -> VpGrid.of(101), "steps of the VP grid is 101, expected 2 to 100");
        assertRefused(() -> new VpGrid(10, 0), "scale of the diffusion is 0.0, expected 0.001 to 10.0");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(call).withMessage(message);
    }

    @Test
    void describesItsSettings() {
        assertThat(EulerMaruyama.RBF.describe()).isEqualTo("euler-maruyama, g = 3.0 t^2.0");
        assertThat(FlowGrpo.DEFAULT.describe()).isEqualTo("flow-grpo, a = 0.7");
        assertThat(DdimEta.DDPM.describe()).isEqualTo("ddim, eta = 1.0");
        assertThat(VpGrid.of(10).describe()).isEqualTo("vp grid of 10, g = 3.0 r^2, then ode");
    }
}
