package io.irscale.cli;

import io.irscale.LoraMode;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraSpec;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

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

    /** For telling one run from another: with what is in the files, which a training may have replaced. */
    void describe(ObjectNode run) {
        ArrayNode list = run.putArray("loras");
        specs.forEach(spec -> list.addObject()
                .put("file", spec.file().toString())
                .put("scale", spec.scale())
                .put("sha256", FileDigest.sha256(LoraFile.located(spec.file()))));
        run.put("lora_mode", Converters.name(mode));
    }

    /** Where they lie. */
    List<Path> files() {
        return specs.stream().map(LoraSpec::file).toList();
    }
}
