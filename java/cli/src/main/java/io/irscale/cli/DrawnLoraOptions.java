package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.LoraMode;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which LoRAs to draw with, and how they meet the transformer's weights. */
public final class DrawnLoraOptions {
    @Mixin
    private LoraOptions loras = new LoraOptions();

    @Option(
            names = "--lora-mode",
            paramLabel = "MODE",
            converter = Converters.OfLoraMode.class,
            description = {
                "merged: into a second copy of the layers that LoRAs change, no cost a step;",
                "unmerged: beside the weights at run time, some cost a step. Default: merged."
            })
    private Optional<LoraMode> mode = Optional.empty();

    /**
     * The set, each file checked against the model by its header.
     *
     * @throws InvalidInputException if a file is not there or does not fit
     */
    public LoraSet set(EngineOptions options) {
        List<LoraSpec> specs = loras.specs();
        if (!specs.isEmpty()) {
            LoraLayers.of(options.files()).check(specs, loras.strict());
        } else if (mode.isPresent()) {
            throw new InvalidInputException("--lora-mode has no effect without --lora FILE");
        }
        return new LoraSet(specs, mode.orElse(LoraMode.MERGED), loras.strict());
    }
}
