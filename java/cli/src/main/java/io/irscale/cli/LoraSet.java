package io.irscale.cli;

import io.irscale.LoraMode;
import io.irscale.lora.LoraSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * The LoRAs that a run is asked to draw with.
 *
 * @param specs files and scales; may be empty
 * @param mode how they meet the transformer's weights
 * @param strict whether a key without effect is an error
 */
public record LoraSet(List<LoraSpec> specs, LoraMode mode, boolean strict) {
    /** Copies the list. */
    public LoraSet {
        specs = List.copyOf(specs);
    }

    /** Where they lie. */
    List<Path> files() {
        return specs.stream().map(LoraSpec::file).toList();
    }
}
