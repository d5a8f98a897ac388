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
 * What a denoising step costs around its arithmetic: the demo's blocks, 2 + 4, but 32 wide and over 2 tokens, so that
 * calls, tensors, dispatch and threads are nearly all of it. The demo's own step is what {@code irscale bench} measures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StepOverheadBenchmark {
    private static final FluxConfig SMALL = new FluxConfig(16, 16, 2, 4, 1, 32, 32, 32, false, List.of(8, 12, 12));
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0f});
    private static final float[] DSIGMA = {-1f / 16};

    /** What the transformer computes in. */
    @Param({"F32", "BF16"})
    public DType dtype;

    private Parameters weights;
    private FluxTransformer transformer;
    private Plan plan;
    private Tensor img;
    private List<Row> rows;

    /** Makes the model. */
    @Setup
    public void open() {
        TorchLibraries.open(Optional.empty());
        weights = Parameters.frozen(1, Device.CPU, dtype);
        transformer = FluxTransformer.of(SMALL, weights);
        LatentShape shape = LatentShape.ofImage(16, 16, 8, SMALL.latentChannels());
        img = Noise.packed(new long[] {1}, shape, Device.CPU, DType.F32);
        try (Tensor txt = Tensor.of(new float[SMALL.jointDim()], 1, 1, SMALL.jointDim());
                Tensor vec = Tensor.of(new float[SMALL.pooledDim()], 1, SMALL.pooledDim())) {
            plan = transformer.plan(txt, vec, 3.5f, SCHEDULE, shape);
        }
        rows = List.of(Row.of(plan, 0));
    }

    /** Frees everything. */
    @TearDown
    public void close() {
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
