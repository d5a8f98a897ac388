package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import java.nio.file.Files;
import java.util.List;
import picocli.CommandLine.Option;

/** Which LoRAs to apply. */
final class LoraOptions {
    @Option(
            names = "--lora",
            paramLabel = "FILE[:SCALE]",
            converter = Converters.OfLora.class,
            description = "LoRA to apply, with a scale from -100 to 100, 1 if not given. Several are added up.")
    private List<LoraSpec> loras = List.of();

    @Option(
            names = "--strict",
            description = "Make LoRA keys without effect an error; a file without any effect always is one.")
    private boolean strict;

    /** Files and scales, in order. Files that are not there are refused. */
    List<LoraSpec> specs() {
        for (LoraSpec spec : loras) {
            if (Files.notExists(spec.file())) {
                throw new InvalidInputException("--lora " + spec.file() + ": is not there");
            }
        }
        if (strict && loras.isEmpty()) {
            throw new InvalidInputException("--strict has no effect without --lora FILE");
        }
        return List.copyOf(loras);
    }

    /** Whether a key without effect is an error. */
    boolean strict() {
        return strict;
    }
}
