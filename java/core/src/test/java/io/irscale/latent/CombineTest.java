package io.irscale.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class CombineTest {
    private static final float[] NONE = {0, 0};

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static Tensor rows(float... values) {
        return Tensor.of(values, 2, values.length / 2, 1);
    }

    @Test
    void everyRowHasItsOwnFactors() {
        try (Tensor x = rows(1, 2, 3, 4);
                Tensor v = rows(10, 20, 30, 40);
                Tensor z = rows(100, 200, 300, 400);
                Tensor out = Combine.of(x, v, z, new float[] {1, 2}, new float[] {-0.5f, 0}, new float[] {0, 0.25f})) {
            assertThat(out.shape()).containsExactly(2, 2, 1);
            assertThat(out.floats()).containsExactly(-4, -8, 81, 108);
            assertThat(x.floats()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void theSumIsANewTensorEvenWithoutTerms() {
        try (Tensor x = rows(1, 2, 3, 4);
                Tensor out = Combine.of(x, null, null, new float[] {1, 1}, NONE, NONE)) {
            assertThat(out.memory().address()).isNotEqualTo(x.memory().address());
            assertThat(out.floats()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void aTermWithoutWeightIsNotRead() {
        try (Tensor x = rows(1, 2);
                Tensor v = rows(Float.NaN, Float.POSITIVE_INFINITY);
                Tensor out = Combine.of(x, v, null, new float[] {2, 2}, NONE, NONE)) {
            assertThat(out.floats()).containsExactly(2, 4);
        }
    }

    @Test
    void theSumIsRoundedOnceToTheDtypeOfX() {
        // 256 + 1 is 256 in bf16; only a sum in f32 keeps the ones until they count
        try (Tensor x = rows(256, 256);
                Tensor half = x.to(Device.CPU, DType.BF16);
                Tensor one = rows(1, 1);
                Tensor out = Combine.of(half, one, one, new float[] {1, 1}, new float[] {1, 1}, new float[] {1, 0})) {
            assertThat(out.dtype()).isEqualTo(DType.BF16);
            assertThat(out.floats()).containsExactly(258, 256);
        }
    }

    @Test
    void wrongInputIsRefused() {
        float[] ones = {1, 1};
        try (Tensor x = rows(1, 2);
                Tensor other = rows(1, 2, 3, 4);
                Tensor flat = Tensor.of(new float[2], 2, 1)) {
            refused(x, null, null, ones, ones, NONE, "v is NULL, but not all of its factors are 0");
            refused(x, x, null, ones, ones, new float[] {0, 1}, "z is NULL, but not all of its factors are 0");
            refused(x, other, null, ones, ones, NONE, "v has shape [2, 2, 1], expected [2, 1, 1]");
            refused(flat, null, null, ones, NONE, NONE, "x has shape [2, 1], expected [2, -1, -1]");
            refused(x, null, null, new float[1], new float[1], new float[1], "x has shape [2, 1, 1], expected [1, -1");
            refused(x, null, null, new float[0], new float[0], new float[0], "a sum has 0 rows");
            refused(x, x, null, ones, new float[1], NONE, "a, b and c have 2, 1 and 2 factors");
            refused(x, null, null, new float[] {1, Float.NaN}, NONE, NONE, "the factor of x in row 1 is nan");
            refused(x, x, x, ones, ones, new float[] {Float.NEGATIVE_INFINITY, 0}, "the factor of z in row 0 is -inf");
        }
    }

    private static void refused(
            Tensor x, @Nullable Tensor v, @Nullable Tensor z, float[] a, float[] b, float[] c, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Combine.of(x, v, z, a, b, c).close())
                .withMessageContaining(message);
    }
}
