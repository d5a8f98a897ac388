package io.irscale.bench;

import io.irscale.tensor.DType;
import io.irscale.tensor.Packing;
import io.irscale.tensor.Quantization;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
 * Widening a layer of 3072 x 12288 values of every quantised format to F32 on one thread, against copying as many F32 values,
 * which is what memory allows. Loading a model does it on all threads.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class WidenBenchmark {
    private static final long ROWS = 3072;
    private static final long COLUMNS = 12288;

    /** How the layer is stored. */
    @Param({"F8_E4M3", "Q8_0", "Q4_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS"})
    public Packing packing;

    private final Arena arena = Arena.ofShared();
    private StoredTensor layer;
    private MemorySegment floats;

    /** Makes a layer of random bits. */
    @Setup
    public void make() {
        long values = ROWS * COLUMNS;
        MemorySegment bytes = arena.allocate(values / packing.blockValues() * packing.blockBytes());
        Random random = new Random(1);
        for (long i = 0; i + Long.BYTES <= bytes.byteSize(); i += Long.BYTES) {
            bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, i, random.nextLong());
        }
        layer = new StoredTensor(
                "layer",
                DType.F32,
                List.of(ROWS, COLUMNS),
                bytes,
                Path.of("random"),
                Optional.of(Quantization.blocks(packing)));
        floats = arena.allocate(values * Float.BYTES);
    }

    /** Frees it. */
    @TearDown
    public void close() {
        arena.close();
    }

    /** The layer in F32. */
    @Benchmark
    public long widen() {
        try (Arena call = Arena.ofConfined()) {
            return layer.widened(call).elements();
        }
    }

    /** As many bytes of F32, copied into memory as fresh. */
    @Benchmark
    public long floor() {
        try (Arena call = Arena.ofConfined()) {
            return call.allocate(floats.byteSize()).copyFrom(floats).byteSize();
        }
    }
}
