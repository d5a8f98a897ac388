package io.irscale.cli;

import io.irscale.denoise.Approximation;
import picocli.CommandLine.Option;

/** What the transformer may do to be faster than its own result allows. */
public final class ApproximationOptions {
    @Option(
            names = "--fp8",
            description = "Lossy: multiply the blocks' linear layers in FP8; needs bf16, on CUDA a device from 8.9 on.")
    private boolean fp8;

    @Option(
            names = "--reuse",
            paramLabel = "SHARE",
            description =
                    "Lossy: leave all blocks but the first out of a step where what the first one adds has changed by no"
                            + " more than this share since all last ran, 0 to 1, for example 0.1; default: never.")
    private double reuse;

    /** What was asked for. */
    public Approximation chosen() {
        return new Approximation(fp8, reuse);
    }
}
