package io.irscale.latent;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bit for bit what the reference drew. */
@ExtendWith(NoLeaks.class)
class NoiseTest {
    private static final LatentShape SHAPE = new LatentShape(4, 12, 8);

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static float[] noise(LatentShape shape, long... seeds) {
        try (Tensor packed = Noise.packed(seeds, shape, Device.CPU, DType.F32)) {
            assertThat(packed.shape()).containsExactly(seeds.length, shape.tokens(), shape.channels() * 4L);
            return packed.floats();
        }
    }

    private static float[] row(float[] values, int row, int rows) {
        int size = values.length / rows;
        return Arrays.copyOfRange(values, row * size, (row + 1) * size);
    }

    @Test
    void equalsTheGoldensAloneInABatchAndInAnyOrder() throws IOException {
        float[] golden = new GoldenTensors("dev/run-fp32.safetensors").floats("latents.init");
        assertThat(noise(SHAPE, 11, 12)).isEqualTo(golden);
        assertThat(noise(SHAPE, 11)).isEqualTo(row(golden, 0, 2));
        float[] mixed = noise(SHAPE, 7, 12, 11, 12);
        assertThat(row(mixed, 1, 4)).isEqualTo(row(golden, 1, 2));
        assertThat(row(mixed, 2, 4)).isEqualTo(row(golden, 0, 2));
        assertThat(row(mixed, 3, 4)).isEqualTo(row(golden, 1, 2));
    }

    @Test
    void equalsTheGoldensOfOtherSizes() throws IOException {
        assertThat(noise(new LatentShape(4, 8, 20), 11, 12))
                .isEqualTo(new GoldenTensors("dev/run-fp32-wide.safetensors").floats("latents.init"));
        Path schnell = Path.of(System.getProperty("irscale.shared", "../../../shared"), "goldens/schnell");
        Assumptions.assumeTrue(Files.isDirectory(schnell), () -> "there are no goldens at " + schnell);
        assertThat(noise(new LatentShape(16, 12, 8), 22, 23))
                .isEqualTo(new GoldenTensors(schnell.resolve("run-fp32.safetensors")).floats("latents.init"));
    }

    @Test
    void onlyTheLow32BitsOfASeedCount() {
        float[] expected = noise(SHAPE, 5);
        assertThat(noise(SHAPE, (1L << 32) + 5)).isEqualTo(expected);
        assertThat(noise(SHAPE, (0x7fff_ffffL << 32) + 5)).isEqualTo(expected);
        assertThat(noise(SHAPE, (1L << 32) + 6)).isNotEqualTo(expected);
    }

    @Test
    void seedsOfTheUpperHalfAndNegativeOnesAreTorchs() {
        // torch.randn((1, 4, 12, 8), generator=torch.Generator().manual_seed(seed)) of torch 2.13
        float[][] drawn = {
            {-1.1258398f, -1.1523602f, -0.25057858f, -0.4338788f},
            {-2.6642976f, -1.0910486f, 0.45144743f, 0.2283607f},
            {0.46643415f, -0.2254457f, 0.8378911f, 0.9661907f}
        };
        assertThat(firstValues(Long.parseUnsignedLong("9223372036854775808"))).isEqualTo(drawn[0]);
        assertThat(firstValues(-1)).isEqualTo(drawn[1]);
        assertThat(firstValues(Long.parseUnsignedLong("18446744073709551615"))).isEqualTo(drawn[1]);
        assertThat(firstValues(Long.parseUnsignedLong("12345678901234567890"))).isEqualTo(drawn[2]);
    }

    /** The first four values of the first channel's first row. */
    private static float[] firstValues(long seed) {
        try (Tensor tokens = Noise.packed(new long[] {seed}, SHAPE, Device.CPU, DType.F32);
                Tensor unpacked = Noise.unpack(tokens, SHAPE)) {
            return Arrays.copyOf(unpacked.floats(), 4);
        }
    }

    @Test
    void otherDtypesRoundTheF32Draw() {
        try (Tensor f32 = Noise.packed(new long[] {3}, SHAPE, Device.CPU, DType.F32);
                Tensor rounded = f32.to(Device.CPU, DType.BF16);
                Tensor bf16 = Noise.packed(new long[] {3}, SHAPE, Device.CPU, DType.BF16)) {
            assertThat(bf16.dtype()).isEqualTo(DType.BF16);
            assertThat(bf16.floats()).isEqualTo(rounded.floats());
        }
    }

    @Test
    void unpackUndoesPack() {
        LatentShape shape = new LatentShape(2, 2, 4);
        float[] packed = new float[shape.elements()];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = i;
        }
        try (Tensor tokens = Tensor.of(packed, 1, 2, 8);
                Tensor unpacked = Noise.unpack(tokens, shape)) {
            // token (0, column) holds channel, dy, dx from the slowest to the fastest
            assertThat(unpacked.shape()).containsExactly(1, 2, 2, 4);
            assertThat(unpacked.floats()).containsExactly(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
        }
    }
}
