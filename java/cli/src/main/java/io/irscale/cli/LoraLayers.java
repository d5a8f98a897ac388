package io.irscale.cli;

import io.irscale.ModelFiles;
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
import java.util.Optional;

/**
 * The layers of a model that LoRAs can update, known without its weights.
 *
 * @param transformer of the FLUX transformer
 * @param clip of the CLIP text encoder
 */
record LoraLayers(LoraModules transformer, LoraModules clip) {
    /** Those of a pipeline. */
    static LoraLayers of(ModelFiles files) {
        return of(flux(files.transformerPath()), clip(files.textEncoderPath()));
    }

    private static LoraLayers of(FluxConfig flux, ClipConfig.Tower clip) {
        return new LoraLayers(FluxLoraNames.modules(flux), ClipLoraNames.modules(clip));
    }

    // A single file is CLIP ViT-L/14's text tower, as FLUX.1 has it.
    private static ClipConfig.Tower clip(Path path) {
        return Files.isDirectory(path)
                ? ClipConfig.of(JsonConfig.read(path.resolve("config.json"))).text()
                : ClipConfig.VIT_LARGE_TEXT;
    }

    /** Those of a pipeline if one is given, else those of FLUX.1-dev, which has every layer that FLUX.1-schnell has. */
    static LoraLayers of(Optional<Path> model) {
        return model.map(path -> of(ModelFiles.of(path))).orElseGet(LoraLayers::fluxDev);
    }

    private static LoraLayers fluxDev() {
        return of(FluxConfig.DEV, ClipConfig.VIT_LARGE_TEXT);
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
