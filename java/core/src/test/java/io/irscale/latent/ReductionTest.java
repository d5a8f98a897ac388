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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ReductionTest {
    private static final int[] FACTORS = {1, 2, 4};

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static Tensor counting(int... shape) {
        float[] values = new float[shape[0] * shape[1] * shape[2] * shape[3]];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(values, shape[0], shape[1], shape[2], shape[3]);
    }

    @Test
    void everyValueIsTheMeanOfItsBlock() {
        int h = 8;
        int w = 16;
        try (Tensor latents = counting(2, 3, h, w)) {
            for (int factor : FACTORS) {
                try (Tensor reduced = Reduction.mean(latents, factor)) {
                    assertThat(reduced.shape()).containsExactly(2, 3, h / factor, w / factor);
                    float[] values = reduced.floats();
                    for (int i = 0; i < values.length; i++) {
                        int column = i % (w / factor);
                        int row = i / (w / factor) % (h / factor);
                        int plane = i / (w / factor * (h / factor));
                        float corner = plane * h * w + row * factor * w + column * factor;
                        assertThat(values[i]).isEqualTo(corner + (factor - 1) / 2f * (w + 1));
                    }
                }
            }
        }
    }

    @Test
    void theMeanIsOfItsOwnInTheSameDtype() {
        try (Tensor latents = counting(1, 1, 4, 4);
                Tensor half = latents.to(Device.CPU, DType.BF16);
                Tensor same = Reduction.mean(half, 1);
                Tensor reduced = Reduction.mean(half, 2)) {
            assertThat(same.floats()).isEqualTo(half.floats());
            assertThat(same.memory().address()).isNotEqualTo(half.memory().address());
            assertThat(reduced.dtype()).isEqualTo(DType.BF16);
            assertThat(reduced.floats()).containsExactly(2.5f, 4.5f, 10.5f, 12.5f);
        }
    }

    @Test
    void otherFactorsAndSizesAreRefused() {
        try (Tensor latents = counting(1, 1, 8, 12);
                Tensor flat = Tensor.of(new float[4], 1, 4)) {
            for (int factor : new int[] {-1, 0, 3, 8}) {
                refused(latents, factor, "factor is " + factor + ", expected 1, 2 or 4");
            }
            refused(latents, 4, "latents have size 8 x 12, expected multiples of 8 for factor 4");
            refused(flat, 2, "latents has shape [1, 4]");
        }
    }

    private static void refused(Tensor latents, int factor, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Reduction.mean(latents, factor).close())
                .withMessageContaining(message);
    }
}
