package io.irscale.cli;

import io.irscale.EngineOptions;

/**
 * What a run that draws images needs, whatever it draws.
 *
 * @param options what to load
 * @param loras to draw with
 * @param format of the PNG files
 * @param folder where they go
 * @param progress where it tells how far it is
 * @param interruption what ends it early
 */
public record RunSetup(
        EngineOptions options,
        LoraSet loras,
        PixelFormat format,
        OutputFolder folder,
        ProgressView progress,
        Interruption interruption) {}
