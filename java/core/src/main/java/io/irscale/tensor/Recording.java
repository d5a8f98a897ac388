package io.irscale.tensor;

import io.irscale.ffi.NativeTraining;

/**
 * While it is open, the forwards that its thread calls are recorded for training: what they return carries the graph
 * back to the trainable {@link Parameters}, with all activations behind it, until it is closed. One at a time.
 */
public final class Recording implements AutoCloseable {
    private Recording() {
        NativeTraining.recordingSet(1);
    }

    /** Starts recording on this thread. */
    public static Recording start() {
        return new Recording();
    }

    @Override
    public void close() {
        NativeTraining.recordingSet(0);
    }
}
