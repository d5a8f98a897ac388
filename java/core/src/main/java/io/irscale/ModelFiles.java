package io.irscale;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the parts of a FLUX model lie.
 *
 * @param model a pipeline in the diffusers layout: {@code transformer}, {@code vae}, {@code text_encoder},
 *     {@code text_encoder_2}, {@code scheduler} and perhaps its tokenizers; or a single file that holds the first four
 * @param transformer instead of the model's: a diffusers folder, or a file of the original release, safetensors or GGUF
 * @param vae instead of the model's: a diffusers folder, or an {@code ae.safetensors} of the original release
 * @param textEncoder instead of the model's CLIP: a folder, or a file such as {@code clip_l.safetensors}
 * @param textEncoder2 instead of the model's T5: a folder, or a file such as {@code t5xxl_fp16.safetensors}, or a GGUF
 * @param tokenizers folder with {@code clip_l} and {@code t5}, or the names of a pipeline, for a model without its own
 */
public record ModelFiles(
        Path model,
        Optional<Path> transformer,
        Optional<Path> vae,
        Optional<Path> textEncoder,
        Optional<Path> textEncoder2,
        Optional<Path> tokenizers) {
    // scheduler_config.json of FLUX.1-dev and FLUX.1-schnell, which a single file lacks.
    private static final Map<String, Object> DEV_SCHEDULER = Map.of(
            "use_dynamic_shifting",
            true,
            "base_shift",
            0.5,
            "max_shift",
            1.15,
            "base_image_seq_len",
            256,
            "max_image_seq_len",
            4096);
    private static final Map<String, Object> SCHNELL_SCHEDULER = Map.of("use_dynamic_shifting", false, "shift", 1.0);

    /** A model with all of its own parts. */
    public static ModelFiles of(Path model) {
        return new ModelFiles(
                model, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Where the transformer is read from. */
    public Path transformerPath() {
        return transformer.orElseGet(() -> part("transformer"));
    }

    /** Where the VAE is read from. */
    public Path vaePath() {
        return vae.orElseGet(() -> part("vae"));
    }

    /** Where CLIP is read from. */
    public Path textEncoderPath() {
        return textEncoder.orElseGet(() -> part("text_encoder"));
    }

    /** Where T5 is read from. */
    public Path textEncoder2Path() {
        return textEncoder2.orElseGet(() -> part("text_encoder_2"));
    }

    /** Whether the model is one file that holds all parts. */
    public boolean isSingleFile() {
        return Files.isRegularFile(model);
    }

    /**
     * The folder that holds both tokenizers.
     *
     * @throws InvalidInputException if a single file comes without one
     */
    public Path tokenizersFolder() {
        if (tokenizers.isEmpty() && isSingleFile()) {
            throw new InvalidInputException(
                    model + ": is a single file, without tokenizers; name a folder that holds clip_l/ and t5/");
        }
        return tokenizers.orElse(model);
    }

    /**
     * The scheduler's configuration; a single file has that of FLUX.1's releases.
     *
     * @param guidance whether the transformer embeds guidance, as FLUX.1-dev does and FLUX.1-schnell does not
     * @throws InvalidInputException if a folder has none
     */
    public JsonConfig scheduler(boolean guidance) {
        return isSingleFile()
                ? JsonConfig.of(model, guidance ? DEV_SCHEDULER : SCHNELL_SCHEDULER)
                : JsonConfig.read(model.resolve("scheduler/scheduler_config.json"));
    }

    private Path part(String name) {
        return isSingleFile() ? model : model.resolve(name);
    }

    /** The same with another transformer. */
    public ModelFiles withTransformer(Path path) {
        return new ModelFiles(model, Optional.of(path), vae, textEncoder, textEncoder2, tokenizers);
    }

    /** The same with another VAE. */
    public ModelFiles withVae(Path path) {
        return new ModelFiles(model, transformer, Optional.of(path), textEncoder, textEncoder2, tokenizers);
    }

    /** The same with another CLIP text encoder. */
    public ModelFiles withTextEncoder(Path path) {
        return new ModelFiles(model, transformer, vae, Optional.of(path), textEncoder2, tokenizers);
    }

    /** The same with another T5 text encoder. */
    public ModelFiles withTextEncoder2(Path path) {
        return new ModelFiles(model, transformer, vae, textEncoder, Optional.of(path), tokenizers);
    }

    /** The same with tokenizers from another folder. */
    public ModelFiles withTokenizers(Path path) {
        return new ModelFiles(model, transformer, vae, textEncoder, textEncoder2, Optional.of(path));
    }
}
