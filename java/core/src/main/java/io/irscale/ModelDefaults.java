package io.irscale;

import io.irscale.tensor.JsonConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a model wants to be sampled: {@code irscale.json} in its folder, an object of {@code steps}, {@code guidance},
 * {@code true_cfg}, {@code height}, {@code width}, {@code max_sequence_length} and {@code verifier}, a CLIP folder
 * relative to its own. What it does not say, and a model without it, is as FLUX.1-dev has it.
 *
 * @param steps denoising steps
 * @param guidance embedded guidance
 * @param trueCfg true classifier-free guidance, 1 for none
 * @param height pixels
 * @param width pixels
 * @param maxSequenceLength T5 tokens
 * @param verifier who scores where nobody else is named
 */
public record ModelDefaults(
        int steps,
        float guidance,
        float trueCfg,
        int height,
        int width,
        int maxSequenceLength,
        Optional<Path> verifier) {
    /** Its name in a model's folder. */
    public static final String FILE = "irscale.json";

    /** FLUX.1-dev's: 28 steps of 512 x 512 at guidance 3.5, 512 tokens. */
    public static final ModelDefaults FLUX_DEV = new ModelDefaults(28, 3.5f, 1, 512, 512, 512, Optional.empty());

    /**
     * Those of a model.
     *
     * @throws io.irscale.error.InvalidInputException if the file is no JSON object or a value is of another type
     */
    public static ModelDefaults of(Path model) {
        Path file = model.resolve(FILE);
        if (!Files.isDirectory(model) || !Files.exists(file)) {
            return FLUX_DEV;
        }
        JsonConfig config = JsonConfig.read(file);
        String verifier = config.text("verifier", "");
        return new ModelDefaults(
                config.integer("steps", FLUX_DEV.steps),
                (float) config.number("guidance", FLUX_DEV.guidance),
                (float) config.number("true_cfg", FLUX_DEV.trueCfg),
                config.integer("height", FLUX_DEV.height),
                config.integer("width", FLUX_DEV.width),
                config.integer("max_sequence_length", FLUX_DEV.maxSequenceLength),
                verifier.isEmpty()
                        ? Optional.empty()
                        : Optional.of(model.resolve(verifier).normalize()));
    }

    /** A request of one candidate from seed 0. */
    public GenerateRequest request(String prompt) {
        return new GenerateRequest(
                prompt, "", trueCfg, guidance, 1, 0, steps, height, width, maxSequenceLength, OptionalInt.empty());
    }
}
