package io.irscale.bench;

import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.denoise.SyntheticLora;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A rank-16 LoRA of every linear layer on a 71 M-parameter transformer, 256 image and 128 text tokens: merging it, and a
 * forward with it merged, unmerged or absent.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class LoraBenchmark {
    private static final int RANK = 16;
    private static final int TEXT_TOKENS = 128;
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0f});

    /** What the transformer computes in. */
    @Param({"F32", "BF16"})
    public DType dtype;

    private FluxTransformer transformer;
    private List<DeviceLora.Applied> loras;
    private Tensor img;
    private Plan plain;
    private Plan unmerged;

    /** Makes the model, the LoRA and two plans. */
    @Setup
    public void open() throws IOException {
        TorchLibraries.open(Optional.empty());
        FluxConfig config = FluxConfig.MEDIUM;
        Path folder = Files.createTempDirectory("irscale-bench");
        SyntheticFlux.write(folder, config);
        transformer = FluxTransformer.open(folder, Device.CPU, dtype);
        loras = List.of(new DeviceLora.Applied(SyntheticLora.of(config, RANK, Device.CPU, dtype), 1f));
        LatentShape shape = LatentShape.ofImage(256, 256, 8, config.latentChannels());
        img = Noise.packed(new long[] {1}, shape, Device.CPU, dtype);
        try (Tensor txt = Tensor.of(new float[TEXT_TOKENS * config.jointDim()], 1, TEXT_TOKENS, config.jointDim());
                Tensor vec = Tensor.of(new float[config.pooledDim()], 1, config.pooledDim())) {
            plain = transformer.plan(txt, vec, 3.5f, SCHEDULE, shape);
            unmerged = transformer.plan(txt, vec, 3.5f, SCHEDULE, shape, loras, null);
        }
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        unmerged.close();
        plain.close();
        img.close();
        loras.getFirst().lora().close();
        transformer.close();
    }

    /** Merging into all layers from the loaded weights. */
    @Benchmark
    public void merge() {
        transformer.merge(loras);
    }

    /** A forward without LoRA, which is also one with it merged. */
    @Benchmark
    public long forwardMerged() {
        return forward(plain);
    }

    /** A forward with the low-rank branches at run time. */
    @Benchmark
    public long forwardUnmerged() {
        return forward(unmerged);
    }

    private long forward(Plan plan) {
        try (Tensor velocity = transformer.velocity(img, List.of(Row.of(plan, 0)), null)) {
            return velocity.size(0);
        }
    }
}
