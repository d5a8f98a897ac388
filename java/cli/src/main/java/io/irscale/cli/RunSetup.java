package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.EngineOptions;
import io.irscale.decode.CountRange;
import io.irscale.ffi.TorchLibraries;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run that draws images needs, whatever it draws.
 *
 * @param options what to load
 * @param loras to draw with
 * @param format of the PNG files
 * @param range counts that black and white of the images stand for, if known
 * @param folder where they go
 * @param progress where it tells how far it is
 * @param interruption what ends it early
 */
public record RunSetup(
        EngineOptions options,
        LoraSet loras,
        PixelFormat format,
        Optional<CountRange> range,
        OutputFolder folder,
        ProgressView progress,
        Interruption interruption) {
    /** The manifest of the run with that identity; says if it goes on. */
    public RunManifest manifest(ObjectNode identity) {
        TorchLibraries.open(options.libtorch());
        RunManifest manifest = RunManifest.open(folder, identity, Diagnostics.arithmetic(options.device()));
        manifest.note().ifPresent(progress::note);
        return manifest;
    }
}
