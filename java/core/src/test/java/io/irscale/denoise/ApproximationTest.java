package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lossy tiers: what they leave as it is, what they change, what they refuse. */
@ExtendWith(NoLeaks.class)
class ApproximationTest {
    // Two neighbouring steps, then one far away.
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1, 0.999f, 0.2f, 0});

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @AfterEach
    void enable() {
        Kernel.enableAllBut(Set.of());
    }

    private static GoldenFlux golden(DType dtype) throws IOException {
        return new GoldenFlux(dtype, SCHEDULE);
    }

    /** Three rows at a step: the second guided by the other prompt. */
    private static List<Row> rows(GoldenFlux golden, int step) {
        return List.of(
                Row.of(golden.first, step),
                new Row(golden.first, step, golden.second, 2f),
                Row.of(golden.second, step));
    }

    private static Tensor noise(long... seeds) {
        return Noise.packed(seeds, GoldenFlux.SHAPE, Device.CPU, DType.F32);
    }

    private static List<@Nullable Tensor> none(int n) {
        return new ArrayList<>(Collections.nCopies(n, null));
    }

    private static float[] row(Tensor velocity, int row) {
        float[] all = velocity.floats();
        int size = all.length / (int) velocity.size(0);
        return Arrays.copyOfRange(all, row * size, (row + 1) * size);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void whatGoesThroughAllBlocksIsTheSameToTheLastBit(DType dtype) throws IOException {
        for (Set<Kernel> without : List.of(Set.<Kernel>of(), Set.of(Kernel.TILE_LINEAR), Set.of(Kernel.values()))) {
            Kernel.enableAllBut(without);
            try (GoldenFlux golden = golden(dtype);
                    Tensor img = noise(1, 2, 3);
                    Tensor wanted = golden.flux.velocity(img, rows(golden, 0), null);
                    Reused first = golden.flux.velocity(img, rows(golden, 0), none(3), 0.5);
                    Reused again = golden.flux.velocity(img, rows(golden, 2), new ArrayList<>(first.features()), 0);
                    Tensor far = golden.flux.velocity(img, rows(golden, 2), null)) {
                assertThat(first.reused()).containsOnly(false);
                assertThat(first.velocity().floats()).isEqualTo(wanted.floats());
                assertThat(again.reused()).as("a far step does not reuse").containsOnly(false);
                assertThat(again.velocity().floats()).isEqualTo(far.floats());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void aStepLikeTheLastReusesIt(DType dtype) throws IOException {
        try (GoldenFlux golden = golden(dtype);
                Tensor img = noise(1, 2, 3);
                Reused first = golden.flux.velocity(img, rows(golden, 0), none(3), 1);
                Reused second = golden.flux.velocity(img, rows(golden, 1), new ArrayList<>(first.features()), 1);
                Tensor wanted = golden.flux.velocity(img, rows(golden, 1), null)) {
            assertThat(second.reused()).containsOnly(true);
            for (int i = 0; i < 3; i++) {
                assertThat(second.features().get(i).floats())
                        .as("the features are of the step that ran")
                        .isEqualTo(first.features().get(i).floats());
            }
            double difference = GoldenFlux.difference(second.velocity().floats(), wanted.floats());
            System.out.printf("%s: a reused step is off by %.1e%n", dtype, difference);
            assertThat(difference).isPositive().isLessThan(0.15);
        }
    }

    @Test
    void aRowDecidesByItselfWhateverItsBatch() throws IOException {
        try (GoldenFlux golden = golden(DType.F32);
                Tensor img = noise(1, 2, 3);
                Reused first = golden.flux.velocity(img, rows(golden, 0), none(3), 1)) {
            // Only the middle row has seen a step before.
            List<@Nullable Tensor> last = none(3);
            last.set(1, first.features().get(1));
            try (Reused mixed = golden.flux.velocity(img, rows(golden, 1), last, 1);
                    Tensor one = img.slice(1, 1);
                    Reused alone = golden.flux.velocity(
                            one,
                            rows(golden, 1).subList(1, 2),
                            List.of(first.features().get(1)),
                            1);
                    Tensor lossless = golden.flux.velocity(img, rows(golden, 1), null)) {
                assertThat(mixed.reused()).containsExactly(false, true, false);
                assertThat(row(mixed.velocity(), 1)).isEqualTo(row(alone.velocity(), 0));
                assertThat(row(mixed.velocity(), 0)).isEqualTo(row(lossless, 0));
                assertThat(row(mixed.velocity(), 2)).isEqualTo(row(lossless, 2));
            }
        }
    }

    @Test
    void featuresOfAnotherKindAreRefused() throws IOException {
        try (GoldenFlux golden = golden(DType.F32);
                Tensor img = noise(1, 2, 3);
                Reused first = golden.flux.velocity(img, rows(golden, 0), none(3), 1)) {
            List<@Nullable Tensor> last = none(3);
            last.set(0, first.features().get(1)); // of a guided row
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> golden.flux.velocity(img, rows(golden, 1), last, 1))
                    .withMessage(
                            "the features of row 0 have shape [2, 2, 24, 64] in f32, expected [1, 2, 24, 64] in f32"
                                    + " on the transformer's device");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> golden.flux.velocity(img, rows(golden, 1), none(3), -1))
                    .withMessage("the threshold for reuse is -1, expected 0 or more");
        }
    }

    @Test
    void fp8IsOffByItsMantissaAndGoesAgain() throws IOException {
        try (GoldenFlux golden = golden(DType.BF16);
                Tensor img = noise(1, 2, 3);
                Tensor before = golden.flux.velocity(img, rows(golden, 0), null)) {
            golden.flux.fp8(true);
            try (Tensor fp8 = golden.flux.velocity(img, rows(golden, 0), null)) {
                double difference = GoldenFlux.difference(fp8.floats(), before.floats());
                System.out.printf("FP8 is off by %.1e%n", difference);
                assertThat(difference).isBetween(5e-3, 8e-2);
            }
            golden.flux.fp8(false);
            try (Tensor after = golden.flux.velocity(img, rows(golden, 0), null)) {
                assertThat(after.floats()).isEqualTo(before.floats());
            }
        }
    }

    @Test
    void fp8NeedsBf16() throws IOException {
        try (GoldenFlux golden = golden(DType.F32)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> golden.flux.fp8(true))
                    .withMessage("FP8 needs a transformer in bf16, not f32");
        }
    }

    @Test
    void onlySharesAreAskedFor() {
        assertThat(new Approximation(false, 1).reuses()).isTrue();
        assertThat(Approximation.NONE.reuse()).isEqualTo(0, within(0.0));
        for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> new Approximation(false, wrong))
                    .withMessage("reuse is " + wrong + ", expected 0 to 1");
        }
    }
}
