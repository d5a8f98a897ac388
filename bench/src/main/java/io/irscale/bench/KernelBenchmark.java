package io.irscale.bench;

import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Kernel;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import io.irscale.verify.ClipPreprocessing;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * What each kernel serves, with it and with libtorch's operators in its place: a step of the 71 M-parameter transformer of
 * {@link SyntheticFlux}, an Euler step of 16 latents of 1024 px, CLIP's input of 16 images of 512 px. Merging is
 * {@link LoraBenchmark}'s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
    private static final int IMAGES = 16;
    private static final int TEXT_TOKENS = 128;
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0f});
    private static final LatentShape SHAPE = LatentShape.ofImage(256, 256, 8, 16);

    /** What the models compute in. */
    @Param({"F32", "BF16"})
    public DType dtype;

    /** The kernel. */
    @Param({
        "LAYER_NORM_MODULATE",
        "GATED_RESIDUAL",
        "QK_NORM_ROPE",
        "TILE_LINEAR",
        "TILE_ATTENTION",
        "TRANSITION",
        "CLIP_PREPROCESS"
    })
    public Kernel kernel;

    /** Whether it runs. */
    @Param({"true", "false"})
    public boolean on;

    /** Whether all that matrix tiles serve is left to the other kernels. */
    @Param({"true", "false"})
    public boolean tiles;

    private Parameters weights;
    private FluxTransformer transformer;
    private Plan plan;
    private Tensor img;
    private Tensor large;
    private Tensor velocity;
    private Tensor images;
    private ClipPreprocessing preprocessing;

    /** Makes models and inputs. */
    @Setup
    public void open() {
        TorchLibraries.open(Optional.empty());
        Set<Kernel> without = EnumSet.noneOf(Kernel.class);
        if (!on) {
            without.add(kernel);
        }
        if (!tiles) {
            without.addAll(List.of(Kernel.TILE_LINEAR, Kernel.TILE_ATTENTION));
        }
        Kernel.enableAllBut(without);
        weights = Parameters.frozen(1, Device.CPU, dtype);
        transformer = FluxTransformer.of(FluxConfig.MEDIUM, weights);
        int joint = FluxConfig.MEDIUM.jointDim();
        try (Tensor txt = Tensor.of(new float[TEXT_TOKENS * joint], 1, TEXT_TOKENS, joint);
                Tensor vec = Tensor.of(new float[FluxConfig.MEDIUM.pooledDim()], 1, FluxConfig.MEDIUM.pooledDim())) {
            plan = transformer.plan(txt, vec, 3.5f, SCHEDULE, SHAPE);
        }
        img = Noise.packed(new long[] {1}, SHAPE, Device.CPU, DType.F32);
        long[] seeds = new long[IMAGES];
        LatentShape wide = LatentShape.ofImage(1024, 1024, 8, 16);
        large = Noise.packed(seeds, wide, Device.CPU, DType.F32);
        velocity = Noise.packed(seeds, wide, Device.CPU, dtype);
        try (Tensor pixels = Tensor.of(new float[IMAGES * 3 * 512 * 512], IMAGES, 3, 512, 512)) {
            images = pixels.to(Device.CPU, dtype);
        }
        preprocessing = ClipPreprocessing.read(Path.of("none"), 224);
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        for (AutoCloseable each : List.of(images, velocity, large, img, plan, transformer, weights)) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The work that the kernel is a part of. */
    @Benchmark
    public long run() {
        switch (kernel) {
            case TRANSITION -> {
                float[] dsigma = new float[IMAGES];
                Arrays.fill(dsigma, -1e-9f);
                Euler.step(large, velocity, dsigma);
                return large.size(0);
            }
            case CLIP_PREPROCESS -> {
                try (Tensor pixels = preprocessing.apply(images)) {
                    return pixels.size(0);
                }
            }
            default -> {
                try (Tensor out = transformer.velocity(img, List.of(Row.of(plan, 0)), null)) {
                    return out.size(0);
                }
            }
        }
    }
}
