package io.irscale.bench;

import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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
 * One denoise step, forward and Euler update, of the golden pipeline's transformer (2 + 2 blocks, 4 heads of 16; 24 image
 * and 64 text tokens): small enough that the overhead around the arithmetic shows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DenoiseStepBenchmark {
    private static final int TEXT_TOKENS = 64;
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0.8f, 0f});

    /** Candidates in the batch. */
    @Param({"1", "4", "8"})
    public int batch;

    /** What the transformer computes in. */
    @Param({"F32", "BF16"})
    public DType dtype;

    private FluxTransformer transformer;
    private Plan plan;
    private Tensor img;
    private List<Row> rows;

    /** Loads the transformer and makes noise. */
    @Setup
    public void open() {
        TorchLibraries.open(Optional.empty());
        Path folder = Path.of(System.getProperty("irscale.root", "."), "java/core/src/test/goldens/dev/pipeline");
        transformer = FluxTransformer.open(folder.resolve("transformer"), Device.CPU, dtype);
        LatentShape shape = LatentShape.ofImage(96, 64, 8, transformer.config().latentChannels());
        int joint = transformer.config().jointDim();
        int pooled = transformer.config().pooledDim();
        try (Tensor txt = Tensor.of(new float[TEXT_TOKENS * joint], 1, TEXT_TOKENS, joint);
                Tensor vec = Tensor.of(new float[pooled], 1, pooled)) {
            plan = transformer.plan(txt, vec, 3.5f, SCHEDULE, shape);
        }
        img = Noise.packed(LongStream.range(0, batch).toArray(), shape, Device.CPU, dtype);
        rows = Collections.nCopies(batch, Row.of(plan, 0));
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        img.close();
        plan.close();
        transformer.close();
    }

    /** One step of the whole batch. */
    @Benchmark
    public Tensor step() {
        try (Tensor velocity = transformer.velocity(img, rows, null)) {
            Euler.step(img, velocity, new float[batch]);
        }
        return img;
    }
}
