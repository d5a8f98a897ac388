package io.irscale.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenoiseTest {
    /** (1 - t) x0 + t eps becomes (1 - t') x0 + t' eps', whatever x0 is. */
    @ParameterizedTest
    @CsvSource({"0, 0.3", "0, 1", "0.2, 0.2", "0.2, 0.9", "0.5, 1", "0.999, 1"})
    void keepsTheMarginal(double t, double noisier) {
        Transition step = Renoise.to(t, noisier);
        assertThat(step.velocity()).isZero();
        assertThat(step.latent() * (1 - t)).isCloseTo(1 - noisier, within(1e-12));
        assertThat(Math.hypot(step.latent() * t, step.noise())).isCloseTo(noisier, within(1e-12));
    }

    @Test
    void twoStepsAreOne() {
        Transition first = Renoise.to(0.1, 0.4);
        Transition second = Renoise.to(0.4, 0.8);
        Transition both = Renoise.to(0.1, 0.8);
        assertThat(first.latent() * second.latent()).isCloseTo(both.latent(), within(1e-12));
        assertThat(Math.hypot(second.latent() * first.noise(), second.noise())).isCloseTo(both.noise(), within(1e-12));
    }

    @Test
    void noiseStaysNoise() {
        assertThat(Renoise.to(1, 1)).isEqualTo(new Transition(1, 0, 0));
        assertThat(Renoise.to(0.3, 1)).isEqualTo(new Transition(0, 0, 1));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.4", "-0.1, 0.4", "0.5, 1.1", "NaN, 0.5", "0.5, NaN"})
    void onlyTowardsNoise(double t, double noisier) {
        assertThatIllegalArgumentException().isThrownBy(() -> Renoise.to(t, noisier));
    }
}
