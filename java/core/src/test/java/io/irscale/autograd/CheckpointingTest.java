package io.irscale.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.lora.ModuleShape;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Activations computed again on the way back: the same gradients, to the last bit, in less memory. */
@ExtendWith(NoLeaks.class)
class CheckpointingTest {
    private static final Path TRANSFORMER = GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer");
    private static final int RANK = 2;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    /** Losses, and gradients left in the weights, with activations kept or computed again. */
    private interface Way {
        float[] backward(boolean checkpointing);
    }

    private static void assertSame(Parameters parameters, Way way) {
        List<float[]> losses = new ArrayList<>();
        Map<String, float[]> kept = Gradients.of(parameters, () -> losses.add(way.backward(false)));
        Map<String, float[]> again = Gradients.of(parameters, () -> losses.add(way.backward(true)));
        assertThat(losses.get(1)).isEqualTo(losses.get(0));
        assertThat(again).hasSameSizeAs(kept);
        kept.forEach((name, gradient) -> assertThat(again.get(name)).as(name).isEqualTo(gradient));
        assertThat(kept.values()).anyMatch(gradient -> gradient[0] != 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void aWholeModelsGradientsAreTheSame(DType dtype) throws IOException {
        try (Checkpoint file = Checkpoint.open(TRANSFORMER, "diffusion_pytorch_model");
                Parameters weights = Parameters.of(file.tensors().values(), 1, Device.CPU, dtype);
                FluxTransformer flux = FluxTransformer.of(
                        FluxConfig.of(JsonConfig.read(TRANSFORMER.resolve("config.json"))), weights);
                TrainedFlux trained = new TrainedFlux(flux)) {
            assertSame(weights, checkpointing -> trained.backward(checkpointing, List.of()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void aLorasGradientsAndDropoutAreTheSame(DType dtype) throws IOException {
        assertSameOfLora(dtype, layer -> true);
    }

    /** What comes before the blocks then has no graph. */
    @Test
    void aLoraOfBlocksAlone() throws IOException {
        assertSameOfLora(DType.F32, layer -> layer.contains("attn.to_q") || layer.contains("ff.net"));
    }

    private static void assertSameOfLora(DType dtype, Predicate<String> layers) throws IOException {
        try (FluxTransformer flux = FluxTransformer.open(TRANSFORMER, Device.CPU, dtype);
                Parameters factors = factors(flux.config(), layers);
                TrainedFlux trained = new TrainedFlux(flux)) {
            assertSame(factors, checkpointing -> trained.backward(checkpointing, factors, 0.5, 0.3f));
        }
    }

    private static Parameters factors(FluxConfig config, Predicate<String> layers) {
        RandomGenerator random = new SplittableRandom(7);
        Map<String, float[]> values = new LinkedHashMap<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (Map.Entry<String, ModuleShape> layer :
                FluxLoraNames.modules(config).shapes().entrySet()) {
            if (layers.test(layer.getKey())) {
                int in = Math.toIntExact(layer.getValue().in());
                int out = Math.toIntExact(layer.getValue().out());
                values.put(layer.getKey() + ".lora_A.weight", Slopes.normal(random, RANK * in, 1 / Math.sqrt(in)));
                shapes.put(layer.getKey() + ".lora_A.weight", new long[] {RANK, in});
                values.put(layer.getKey() + ".lora_B.weight", Slopes.normal(random, out * RANK, 0.2));
                shapes.put(layer.getKey() + ".lora_B.weight", new long[] {out, RANK});
            }
        }
        return Slopes.parameters(values, shapes);
    }

    @Test
    void shapesMustMeet() {
        try (FluxTransformer flux = FluxTransformer.open(TRANSFORMER, Device.CPU, DType.F32);
                Tensor txt = Tensor.of(new float[48], 1, 1, 48);
                Tensor vec = Tensor.of(new float[40], 1, 40);
                Plan plan = flux.plan(txt, vec, 1, new float[] {0.5f}, TrainedFlux.SHAPE, List.of());
                Tensor x = Tensor.of(new float[24 * 16], 1, 24, 16);
                Tensor wrong = Tensor.of(new float[23 * 16], 1, 23, 16)) {
            List<Row> rows = List.of(Row.of(plan, 0));
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Loss.flowCheckpointed(flux, wrong, rows, x, x, 1))
                    .withMessageContaining("img has shape");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Loss.flowCheckpointed(flux, x, rows, wrong, x, 1))
                    .withMessageContaining("x0 has shape");
        }
    }

    @Test
    void oneBlocksActivationsAreThereAtATime() throws IOException {
        FluxConfig config = new FluxConfig(16, 16, 12, 12, 4, 32, 8, 8, false, List.of(8, 12, 12));
        LatentShape shape = new LatentShape(4, 32, 32);
        try (Parameters weights = Parameters.of(List.of(), 1, Device.CPU, DType.F32);
                FluxTransformer flux = FluxTransformer.of(config, weights)) {
            // Once before: what libtorch keeps for itself is no activation.
            step(flux, shape, true);
            step(flux, shape, false);
            long again = grown(() -> step(flux, shape, true));
            long kept = grown(() -> step(flux, shape, false));
            System.out.printf("peak of activations: %d MB kept, %d MB computed again%n", kept >> 20, again >> 20);
            assertThat(again).isLessThan(kept / 3);
        }
    }

    private static void step(FluxTransformer flux, LatentShape shape, boolean checkpointing) {
        int tokens = shape.tokens();
        try (Recording _ = Recording.start();
                Tensor txt = Tensor.of(new float[2 * 8 * 8], 2, 8, 8);
                Tensor vec = Tensor.of(new float[2 * 8], 2, 8);
                Tensor x = Tensor.of(Slopes.normal(new SplittableRandom(1), 2 * tokens * 16, 1), 2, tokens, 16);
                Plan plan = flux.plan(txt, vec, 1, new float[] {0.2f, 0.8f}, shape, List.of())) {
            List<Row> rows = List.of(Row.of(plan, 0), Row.of(plan, 1));
            if (checkpointing) {
                Loss.flowCheckpointed(flux, x, rows, x, x, 1).close();
                return;
            }
            try (Tensor velocity = flux.velocity(x, rows, null);
                    Loss loss = Loss.flow(velocity, x, x)) {
                loss.backwardMean(1);
            }
        }
    }

    /** By how many bytes the process grows at most. */
    private static long grown(Runnable body) throws IOException {
        trim();
        long before = resetPeak();
        body.run();
        return peak() - before;
    }

    // Free memory that the allocator keeps would hide what is taken from it (malloc_trim(3)).
    private static void trim() {
        Linker linker = Linker.nativeLinker();
        MethodHandle trim = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("malloc_trim"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        try {
            int _ = (int) trim.invokeExact(0L);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    // Linux counts the largest resident size since 5 was last written (proc_pid_clear_refs(5)).
    private static long resetPeak() throws IOException {
        Path reset = Path.of("/proc/self/clear_refs");
        Assumptions.assumeTrue(Files.isWritable(reset), () -> reset + " cannot be written");
        Files.writeString(reset, "5");
        return peak();
    }

    private static long peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .flatMap(line ->
                                Arrays.stream(line.split("\\s+")).skip(1).limit(1))
                        .mapToLong(Long::parseLong)
                        .sum()
                * 1024;
    }
}
