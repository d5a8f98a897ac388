package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formulas against their reference implementations. */
class GoldenMetricsTest {
    // Where a covariance is singular the golden's matrix root has lost digits: half of float64's, per null direction.
    @ParameterizedTest
    @CsvSource({"plain, 1e-12", "fewer-than-dims, 1e-7", "rank-deficient, 2e-7"})
    void frechetDistance(String name, double tolerance) {
        Goldens golden = Goldens.of(name);
        double expected = golden.number("fid");
        assertThat(new FrechetDistance(Moments.of(golden.real()), golden.fake()).value())
                .isCloseTo(expected, within(tolerance * expected));
        assertThat(new FrechetDistance(Moments.of(golden.fake()), golden.real()).value())
                .isCloseTo(expected, within(tolerance * expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fewer-than-dims", "rank-deficient"})
    void kernelDistance(String name) {
        Goldens golden = Goldens.of(name);
        double expected = golden.number("kid_unbiased_full");
        assertThat(new KernelDistance(golden.real(), golden.fake()).value())
                .isCloseTo(expected, within(1e-12 * expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fewer-than-dims", "rank-deficient"})
    void clipDiscrepancy(String name) {
        Goldens golden = Goldens.of(name);
        double expected = golden.number("cmmd");
        assertThat(new ClipDiscrepancy(golden.real(), golden.fake()).value())
                .isCloseTo(expected, within(1e-11 * expected));
    }

    @ParameterizedTest
    @CsvSource({
        "plain, 3",
        "plain, 5",
        "fewer-than-dims, 3",
        "fewer-than-dims, 5",
        "rank-deficient, 3",
        "rank-deficient, 5"
    })
    void manifolds(String name, int k) {
        Goldens golden = Goldens.of(name);
        Manifolds manifolds = Manifolds.of(golden.real(), golden.fake(), k);
        Goldens expected =
                new Goldens(golden.real(), golden.fake(), golden.expected().required("prdc_k" + k));
        assertThat(manifolds.precision().value()).isCloseTo(expected.number("precision"), within(1e-12));
        assertThat(manifolds.recall().value()).isCloseTo(expected.number("recall"), within(1e-12));
        assertThat(manifolds.density().value()).isCloseTo(expected.number("density"), within(1e-12));
        assertThat(manifolds.coverage().value()).isCloseTo(expected.number("coverage"), within(1e-12));
    }
}
