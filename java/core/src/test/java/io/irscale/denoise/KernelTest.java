package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
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

    /**
     * Rows at several steps of two prompts, so that each takes other lines of the modulation tables; with {@code scale} two
     * of them are guided.
     */
    private static float[] velocity(DType dtype, Set<Kernel> without, float scale) throws IOException {
        Kernel.enableAllBut(without);
        try (GoldenFlux golden = new GoldenFlux(dtype, SCHEDULE);
                Tensor img = Noise.packed(new long[] {1, 2, 3, 4}, GoldenFlux.SHAPE, Device.CPU, dtype);
                Tensor mixed = golden.flux.velocity(
                        img,
                        List.of(
                                Row.of(golden.first, 3),
                                guided(golden.second, 0, golden.first, scale),
                                Row.of(golden.first, 1),
                                guided(golden.second, 2, golden.first, scale / 2)),
                        null);
                Tensor shared = golden.flux.velocity(
                        img,
                        List.of(
                                Row.of(golden.first, 2),
                                Row.of(golden.first, 0),
                                Row.of(golden.first, 2),
                                Row.of(golden.first, 1)),
                        null)) {
            float[] both = Arrays.copyOf(mixed.floats(), 2 * mixed.floats().length);
            float[] rest = shared.floats();
            System.arraycopy(rest, 0, both, rest.length, rest.length);
            return both;
        }
    }

    private static Row guided(Plan plan, int step, Plan negative, float scale) {
        return scale == 0 ? Row.of(plan, step) : new Row(plan, step, negative, scale);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void everySetOfKernelsGivesWhatTheOperatorsGive(DType dtype) throws IOException {
        compare(dtype, 0, dtype == DType.F32 ? 2e-6 : 1e-2);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16"})
    void guidedRowsToo(DType dtype) throws IOException {
        // Guidance by 3 multiplies the rounding.
        compare(dtype, 3, dtype == DType.F32 ? 2e-6 : 2e-2);
    }

    private static void compare(DType dtype, float scale, double limit) throws IOException {
        float[] operators = velocity(dtype, ALL, scale);
        List<Set<Kernel>> sets = new ArrayList<>(List.of(Set.of()));
        for (Kernel kernel : Kernel.values()) {
            sets.add(Set.of(kernel));
            sets.add(EnumSet.complementOf(EnumSet.of(kernel)));
        }
        for (Set<Kernel> without : sets) {
            double difference = GoldenFlux.difference(velocity(dtype, without, scale), operators);
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

    @Test
    void aForwardCallsTheKernelsThatMayRunAndCountsThem() throws IOException {
        Set<Kernel> tiles = EnumSet.of(Kernel.TILE_LINEAR, Kernel.TILE_ATTENTION);
        long before = Kernel.QK_NORM_ROPE.calls();
        long gates = Kernel.GATED_RESIDUAL.calls();
        long guidance = Kernel.GUIDANCE.calls();
        velocity(DType.F32, tiles, 3);
        // Two forwards; queries and keys of each of two double blocks, in two streams, and of two single ones.
        assertThat(Kernel.QK_NORM_ROPE.calls() - before).isEqualTo(2 * (2 * 2 * 2 + 2 * 2));
        assertThat(Kernel.GATED_RESIDUAL.calls()).isGreaterThan(gates);
        assertThat(Kernel.GUIDANCE.calls() - guidance).isEqualTo(1);

        long norms = Kernel.LAYER_NORM_MODULATE.calls();
        velocity(DType.F32, ALL, 3);
        assertThat(Kernel.LAYER_NORM_MODULATE.calls()).isEqualTo(norms);
        assertThat(Kernel.CUDNN_ATTENTION.calls()).isZero();
    }
}
