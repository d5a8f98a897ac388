package io.irscale;

import io.irscale.lora.Lora;
import io.irscale.lora.LoraFormat;
import io.irscale.lora.LoraMatch;
import io.irscale.lora.LoraSpec;
import io.irscale.lora.LoraTarget;

/**
 * What became of a LoRA that was set.
 *
 * @param spec what was asked for
 * @param format who wrote the file
 * @param transformerLayers layers of the transformer that it changes
 * @param clipLayers layers of the CLIP text encoder that it changes
 * @param match which keys count, and why the others do not
 */
public record LoadedLora(LoraSpec spec, LoraFormat format, int transformerLayers, int clipLayers, LoraMatch match) {
    static LoadedLora of(LoraSpec spec, Lora lora) {
        return new LoadedLora(
                spec,
                lora.format(),
                lora.updates(LoraTarget.TRANSFORMER).size(),
                lora.updates(LoraTarget.CLIP).size(),
                lora.match());
    }
}
