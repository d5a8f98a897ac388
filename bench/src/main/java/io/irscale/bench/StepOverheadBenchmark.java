package io.irscale.bench;

import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
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
 * What a denoising step costs around its arithmetic: the demo's blocks, 2 + 4, with so little to do that calls, tensors,
 * dispatch and threads are nearly all of it; and the demo's own step. With classifier-free guidance, which the demo asks
 * for, a step has two rows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StepOverheadBenchmark {
    /** The demo's blocks, and how much they have to do. */
    public enum Work {
        /** 32 wide, over 2 tokens. */
        NEXT_TO_NONE(1, 32, 32, 32, 1, 8),
        /** The demo's: 256 wide, over 96 tokens. */
        DEMO(4, 64, 128, 64, 32, 64);
        private final int heads, headDim, jointDim, pooledDim, txtTokens, pixels;

        Work(int heads, int headDim, int jointDim, int pooledDim, int txtTokens, int pixels) {
            this.heads = heads;
            this.headDim = headDim;
            this.jointDim = jointDim;
            this.pooledDim = pooledDim;
            this.txtTokens = txtTokens;
            this.pixels = pixels;
        }

        FluxConfig config() {
            List<Integer> axes = List.of(8, headDim / 2 - 4, headDim / 2 - 4);
            return new FluxConfig(16, 16, 2, 4, heads, headDim, jointDim, pooledDim, false, axes);
        }
    }

    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0f});
    private static final float[] DSIGMA = {-1f / 16};

    /** What the transformer computes in. */
    @Param({"F32", "BF16"})
    public DType dtype;

    /** The size of the model and of its input. */
    @Param({"NEXT_TO_NONE", "DEMO"})
    public Work work;

    /** Whether the step is guided. */
    @Param({"false", "true"})
    public boolean guided;

    private Parameters weights;
    private FluxTransformer transformer;
    private Plan plan;
    private Plan negative;
    private Tensor img;
    private List<Row> rows;

    /** Makes the model. */
    @Setup
    public void open() {
        TorchLibraries.open(Optional.empty());
        weights = Parameters.frozen(1, Device.CPU, dtype);
        transformer = FluxTransformer.of(work.config(), weights);
        LatentShape shape =
                LatentShape.ofImage(work.pixels, work.pixels, 4, work.config().latentChannels());
        img = Noise.packed(new long[] {1}, shape, Device.CPU, DType.F32);
        try (Tensor txt = Tensor.of(new float[work.txtTokens * work.jointDim], 1, work.txtTokens, work.jointDim);
                Tensor vec = Tensor.of(new float[work.pooledDim], 1, work.pooledDim)) {
            plan = transformer.plan(txt, vec, 3.5f, SCHEDULE, shape);
            negative = transformer.plan(txt, vec, 3.5f, SCHEDULE, shape);
        }
        rows = List.of(guided ? new Row(plan, 0, negative, 3f) : Row.of(plan, 0));
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        negative.close();
        plan.close();
        img.close();
        transformer.close();
        weights.close();
    }

    /** A forward and its Euler step. */
    @Benchmark
    public long step() {
        try (Tensor velocity = transformer.velocity(img, rows, null)) {
            Euler.step(img, velocity, DSIGMA);
            return velocity.size(0);
        }
    }
}
