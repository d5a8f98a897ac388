package io.irscale.tensor;

import io.irscale.ffi.NativeTraining;

/**
 * While it is open, the forwards that its thread calls are recorded for training: what they return carries the graph
 * back to the trainable {@link Parameters}, with all activations behind it, until it is closed. Closing, on the same
 * thread, brings back what was before.
 */
public final class Recording implements AutoCloseable {
    private final int before;

    private Recording(int enabled) {
        before = NativeTraining.recordingSet(enabled);
    }

    /** Starts recording on this thread. */
    public static Recording start() {
        return new Recording(1);
    }

    /**
     * Stops recording on this thread until it is closed: for what is computed once and kept, which other kernels round
     * otherwise while they record.
     */
    public static Recording pause() {
        return new Recording(0);
    }

    @Override
    public void close() {
        NativeTraining.recordingSet(before);
    }
}
