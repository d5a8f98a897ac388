package io.irscale.cli;

import io.irscale.denoise.FluxCheckpoint;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraModules;
import io.irscale.lora.LoraSpec;
import io.irscale.tensor.JsonConfig;
import io.irscale.text.ClipConfig;
import io.irscale.text.ClipLoraNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layers of a model that LoRAs can update, known without its weights.
 *
 * @param transformer of the FLUX transformer
 * @param clip of the CLIP text encoder
 */
record LoraLayers(LoraModules transformer, LoraModules clip) {
    /** Those of a pipeline. */
    static LoraLayers of(Path model, Optional<Path> transformer) {
        FluxConfig flux = flux(transformer.orElse(model.resolve("transformer")));
        ClipConfig clip = ClipConfig.of(JsonConfig.read(model.resolve("text_encoder/config.json")));
        return new LoraLayers(FluxLoraNames.modules(flux), ClipLoraNames.modules(clip.text()));
    }

    /** Those of a pipeline if one is given, else those of FLUX.1-dev, which has every layer that FLUX.1-schnell has. */
    static LoraLayers of(Optional<Path> model) {
        return model.map(folder -> of(folder, Optional.empty())).orElseGet(LoraLayers::fluxDev);
    }

    private static LoraLayers fluxDev() {
        Path name = Path.of("FLUX.1-dev");
        FluxConfig flux = FluxConfig.of(JsonConfig.of(name, Map.of("guidance_embeds", true)));
        // CLIP ViT-L/14's text tower
        ClipConfig clip = ClipConfig.of(JsonConfig.of(
                name,
                Map.of(
                        "hidden_size", 768,
                        "intermediate_size", 3072,
                        "num_hidden_layers", 12,
                        "num_attention_heads", 12)));
        return new LoraLayers(FluxLoraNames.modules(flux), ClipLoraNames.modules(clip.text()));
    }

    private static FluxConfig flux(Path path) {
        Path config = path.resolve("config.json");
        if (Files.isRegularFile(config)) {
            return FluxConfig.of(JsonConfig.read(config)); // needs no weights
        }
        try (FluxCheckpoint checkpoint = FluxCheckpoint.open(path)) {
            return checkpoint.config();
        }
    }

    /**
     * What an opened file means for the model.
     *
     * @throws InvalidInputException if it cannot be applied, or {@code strict} and a key has no effect
     */
    Lora match(LoraFile file, boolean strict) {
        Lora lora = file.match(transformer, clip);
        if (strict) {
            lora.requireComplete();
        }
        return lora;
    }

    /** Refuses files that the engine would refuse by their headers, before gigabytes of weights are read. */
    void check(List<LoraSpec> specs, boolean strict) {
        for (LoraSpec spec : specs) {
            try (LoraFile file = LoraFile.open(spec.file())) {
                match(file, strict);
            }
        }
    }
}
