package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.tensor.DType;

/** Checks one golden file. */
interface Stage {
    /** The file without its extension, and the stage's name in the table. */
    String name();

    /** What the models compute in. */
    default DType dtype() {
        return DType.F32;
    }

    /**
     * Compares every tensor of the file, on the device thread. What it leaves out is reported as unknown.
     *
     * @param pipeline opened in {@link #dtype}
     */
    void run(Pipeline pipeline, GoldenFolder goldens, Checks checks);
}
