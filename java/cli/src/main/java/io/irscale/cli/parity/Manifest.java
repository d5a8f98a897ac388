package io.irscale.cli.parity;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code manifest.json} of a golden folder: what the reference was asked for.
 *
 * @param prompts one an image
 * @param seeds one an image
 * @param guidance embedded guidance
 * @param maxSequenceLength T5 tokens
 * @param runs from prompts to images
 * @param captions texts that the verifier compares with the images
 */
record Manifest(
        List<String> prompts,
        List<Long> seeds,
        float guidance,
        int maxSequenceLength,
        List<Run> runs,
        List<String> captions) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * One run from the prompts to images.
     *
     * @param name the file is {@code run-<name>.safetensors}
     * @param height pixels
     * @param width pixels
     * @param steps of the schedule
     * @param dtype F32 or BF16
     * @param trueCfg scale of classifier-free guidance, without meaning if there are no negatives
     * @param negatives one an image, or none at all
     */
    record Run(String name, int height, int width, int steps, DType dtype, float trueCfg, List<String> negatives) {
        /** The run that other files of a golden folder refer to. */
        static final String BASE = "fp32";

        boolean guided() {
            return !negatives.isEmpty();
        }

        private static Run of(String name, JsonNode run) {
            List<String> negatives = texts(run.path("negative_prompts"));
            return new Run(
                    name,
                    run.required("height").intValue(),
                    run.required("width").intValue(),
                    run.required("steps").intValue(),
                    dtype(name, run.required("dtype").stringValue()),
                    negatives.isEmpty()
                            ? 1
                            : (float) run.required("true_cfg_scale").doubleValue(),
                    negatives);
        }

        private static DType dtype(String run, String text) {
            return switch (text) {
                case "torch.float32" -> DType.F32;
                case "torch.bfloat16" -> DType.BF16;
                default ->
                    throw new InvalidInputException(
                            "dtype of run %s is %s, expected torch.float32 or torch.bfloat16".formatted(run, text));
            };
        }
    }

    /** @throws InvalidInputException if prompts, negative prompts and seeds are not of one number */
    Manifest {
        for (Run run : runs) {
            int negatives = run.guided() ? run.negatives().size() : prompts.size();
            if (prompts.isEmpty() || seeds.size() != prompts.size() || negatives != prompts.size()) {
                throw new InvalidInputException(
                        "run %s has %d prompts, %d seeds and %d negative prompts, expected one each"
                                .formatted(run.name(), prompts.size(), seeds.size(), negatives));
            }
        }
    }

    /**
     * Reads it.
     *
     * @throws InvalidInputException if it is missing or is none
     */
    static Manifest read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + " is missing, expected a folder of goldens");
        }
        try {
            return of(JSON.readTree(Files.readAllBytes(file)));
        } catch (IOException | JacksonException | InvalidInputException e) {
            throw new InvalidInputException(file + ": is no golden manifest: " + Notes.reason(e), e);
        }
    }

    private static Manifest of(JsonNode root) {
        return new Manifest(
                texts(root.required("prompts")),
                root.required("seeds").valueStream().map(JsonNode::longValue).toList(),
                (float) root.required("guidance_scale").doubleValue(),
                root.required("max_sequence_length").intValue(),
                root.required("runs")
                        .propertyStream()
                        .map(entry -> Run.of(entry.getKey(), entry.getValue()))
                        .toList(),
                texts(root.required("clip_captions")));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    /** The run of that name. */
    Run run(String name) {
        return runs.stream()
                .filter(run -> run.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MissingGoldenException("manifest.json", "runs." + name));
    }
}
