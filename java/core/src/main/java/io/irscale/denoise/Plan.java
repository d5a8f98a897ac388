package io.irscale.denoise;

import io.irscale.ffi.NativeFlux;
import io.irscale.ffi.NativeObject;
import io.irscale.tensor.LoadedModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * What one prompt, guidance, schedule and image size fix for all candidates and steps: embedded txt, the position table
 * and every block's modulation at every step. Made by {@link FluxTransformer#plan}; close it before its transformer.
 */
public final class Plan implements AutoCloseable {
    private final LoadedModel model;
    private final NativeObject object;

    Plan(LoadedModel model, Consumer<MemorySegment> create) {
        this.model = model;
        object = NativeObject.create("plan", create, NativeFlux::planFree);
    }

    MemorySegment handle() {
        model.handle(); // the native plan points into it
        return object.handle();
    }

    /** Device memory that the plan holds, in bytes. */
    public long bytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            NativeFlux.planBytes(out, handle());
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @Override
    public void close() {
        object.close();
    }
}
