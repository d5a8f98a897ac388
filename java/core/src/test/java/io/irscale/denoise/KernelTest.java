package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forwards with any set of kernels are those of libtorch's operators, up to rounding. */
@ExtendWith(NoLeaks.class)
class KernelTest {
    private static final Path FOLDER = GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer");
    private static final LatentShape SHAPE = new LatentShape(4, 12, 8);
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1, 0.8f, 0.5f, 0.2f, 0});
    private static final Set<Kernel> ALL = EnumSet.allOf(Kernel.class);

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @AfterEach
    void enable() {
        Kernel.enableAllBut(Set.of());
    }

    /** Rows at several steps of two prompts, so that each takes other lines of the modulation tables. */
    private static float[] velocity(DType dtype, Set<Kernel> without) throws IOException {
        Kernel.enableAllBut(without);
        GoldenTensors golden = new GoldenTensors("dev/run-fp32.safetensors");
        try (FluxTransformer flux = FluxTransformer.open(FOLDER, Device.CPU, dtype);
                Tensor txt = golden.tensor("prompt_embeds");
                Tensor vec = golden.tensor("pooled");
                Plan first = plan(flux, txt, vec, 0);
                Plan second = plan(flux, txt, vec, 1);
                Tensor img = Noise.packed(new long[] {1, 2, 3, 4}, SHAPE, Device.CPU, dtype);
                Tensor mixed = flux.velocity(
                        img, List.of(Row.of(first, 3), Row.of(second, 0), Row.of(first, 1), Row.of(second, 2)), null);
                Tensor shared = flux.velocity(
                        img, List.of(Row.of(first, 2), Row.of(first, 0), Row.of(first, 2), Row.of(first, 1)), null)) {
            float[] both = Arrays.copyOf(mixed.floats(), 2 * mixed.floats().length);
            float[] rest = shared.floats();
            System.arraycopy(rest, 0, both, rest.length, rest.length);
            return both;
        }
    }

    private static Plan plan(FluxTransformer flux, Tensor txt, Tensor vec, int prompt) {
        try (Tensor text = txt.slice(prompt, 1);
                Tensor pooled = vec.slice(prompt, 1)) {
            return flux.plan(text, pooled, 3.5f, SCHEDULE, SHAPE);
        }
    }

    private static double difference(float[] got, float[] wanted) {
        double squares = 0;
        double of = 0;
        for (int i = 0; i < wanted.length; i++) {
            squares += Math.pow((double) got[i] - wanted[i], 2);
            of += Math.pow(wanted[i], 2);
        }
        assertThat(of).isGreaterThan(1);
        return Math.sqrt(squares / of);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void everySetOfKernelsGivesWhatTheOperatorsGive(DType dtype) throws IOException {
        float[] operators = velocity(dtype, ALL);
        double limit = dtype == DType.F32 ? 2e-6 : 1e-2;
        List<Set<Kernel>> sets = new ArrayList<>(List.of(Set.of()));
        for (Kernel kernel : Kernel.values()) {
            sets.add(Set.of(kernel));
            sets.add(EnumSet.complementOf(EnumSet.of(kernel)));
        }
        for (Set<Kernel> without : sets) {
            double difference = difference(velocity(dtype, without), operators);
            System.out.printf("%s without %s: relative difference %.1e%n", dtype, without, difference);
            assertThat(difference).as("without %s", without).isLessThan(limit);
        }
    }

    @Test
    void aKernelThatIsSwitchedOffDoesNotRun() {
        Kernel.enableAllBut(Set.of(Kernel.QK_NORM_ROPE, Kernel.TILE_LINEAR));
        assertThat(Kernel.QK_NORM_ROPE.runs()).isFalse();
        assertThat(Kernel.TILE_LINEAR.runs()).isFalse();
        assertThat(Kernel.GATED_RESIDUAL.runs()).isTrue();
        Kernel.enableAllBut(Set.of());
        assertThat(Kernel.QK_NORM_ROPE.runs()).isTrue();
    }
}
