package io.irscale.tensor;

import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Named intermediate results of a forward, for parity checks. */
public final class Trace implements AutoCloseable {
    private final NativeObject object =
            NativeObject.create("trace", NativeWeights::traceCreate, NativeWeights::traceFree);

    /** For the other packages of irscale: the handle for a native call. */
    public MemorySegment handle() {
        return object.handle();
    }

    /** The tensor recorded under {@code name}. */
    public Tensor get(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return Tensor.create(out -> NativeWeights.traceGet(out, object.handle(), text));
        }
    }

    @Override
    public void close() {
        object.close();
    }
}
