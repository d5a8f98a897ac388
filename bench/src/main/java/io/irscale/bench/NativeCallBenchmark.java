package io.irscale.bench;

import io.irscale.ffi.NativeTorch;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Tensor;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What crossing from Java to native code costs: a bare call, a tensor's view, a copy of rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NativeCallBenchmark {
    private Tensor rows;

    /** Makes 8 rows of 64 floats. */
    @Setup
    public void open() {
        TorchLibraries.open(Optional.empty());
        rows = Tensor.of(new float[8 * 64], 8, 64);
    }

    /** Frees them. */
    @TearDown
    public void close() {
        rows.close();
    }

    /** One downcall that reads a counter. */
    @Benchmark
    public long call() {
        return NativeTorch.liveObjects();
    }

    /** A view of one row: a dispatcher call, a handle with its owner, and its release. */
    @Benchmark
    public long viewOfARow() {
        try (Tensor row = rows.slice(3, 1)) {
            return row.size(0);
        }
    }

    /** A fork: one row copied. */
    @Benchmark
    public long copyOfARow() {
        try (Tensor row = rows.rows(3)) {
            return row.size(0);
        }
    }
}
