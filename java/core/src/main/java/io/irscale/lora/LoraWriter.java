package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a LoRA as diffusers does ({@code loaders/lora_base.py}, {@code _save_lora_weights}): keys {@code
 * transformer.<layer>.lora_A.weight} and the like, with PEFT's ranks and alphas in the header. Factors keep their dtype
 * and, but for the split of fused layers, their bytes.
 */
public final class LoraWriter {
    private LoraWriter() {}

    /**
     * Writes {@code lora}. Scales go into the header as alphas, so nothing is rounded; a reader that does not know
     * that header takes every scale for 1.
     *
     * @param metadata what else goes into the header
     * @throws InvalidInputException if it has an update of a kind that diffusers does not read, or the file cannot be
     *     written
     */
    public static void write(Path file, Lora lora, Map<String, String> metadata) {
        requireNoVectors(lora);
        List<StoredTensor> tensors = new ArrayList<>();
        Map<String, Object> adapters = new LinkedHashMap<>();
        for (LoraTarget target : LoraTarget.values()) {
            List<LoraUpdate> updates = lora.updates(target);
            for (LoraUpdate update : updates) {
                LoraTerm.LowRank term = term(lora, update);
                tensors.add(term.a().named(key(update) + ".lora_A.weight"));
                tensors.add(term.b().named(key(update) + ".lora_B.weight"));
                update.magnitude()
                        .ifPresent(magnitude ->
                                tensors.add(magnitude.values().named(key(update) + ".lora_magnitude_vector")));
            }
            if (!updates.isEmpty()) {
                config(updates).forEach((key, value) -> adapters.put(target.component() + "." + key, value));
            }
        }
        Map<String, String> header = new LinkedHashMap<>(metadata);
        header.put("format", "pt");
        header.put(LoraMetadata.KEY, JsonMapper.shared().writeValueAsString(adapters));
        SafetensorsWriter.write(file, tensors, header);
    }

    // What diffusers and PEFT can read.
    private static LoraTerm.LowRank term(Lora lora, LoraUpdate update) {
        boolean columns =
                update.magnitude().filter(magnitude -> !magnitude.byRow()).isPresent();
        if (columns || !(update.term() instanceof LoraTerm.LowRank term)) {
            throw new InvalidInputException(
                    "%s: layer %s is %s%s, which diffusers does not read: merge it into a pipeline with irscale lora merge"
                            .formatted(lora.file(), update.module(), update.kind(), columns ? " by columns" : ""));
        }
        return term;
    }

    private static void requireNoVectors(Lora lora) {
        lora.vectors().stream().findFirst().ifPresent(vector -> {
            throw new InvalidInputException(
                    "%s: tensor '%s' changes %s, which diffusers does not read: merge it into a pipeline with irscale lora merge"
                            .formatted(lora.file(), vector.keys().getFirst(), vector.parameter()));
        });
    }

    private static long rank(LoraUpdate update) {
        return update.term().rank().orElseThrow();
    }

    private static Map<String, Object> config(List<LoraUpdate> updates) {
        long rank = mostCommon(updates, LoraWriter::rank);
        double alpha = mostCommon(updates, LoraWriter::alpha);
        Map<String, Object> ranks = new LinkedHashMap<>();
        Map<String, Object> alphas = new LinkedHashMap<>();
        for (LoraUpdate update : updates) {
            if (rank(update) != rank) {
                ranks.put(pattern(update), rank(update));
            }
            if (alpha(update) != alpha) {
                alphas.put(pattern(update), alpha(update));
            }
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("alpha_pattern", alphas);
        config.put("lora_alpha", alpha);
        config.put("r", rank);
        config.put("rank_pattern", ranks);
        if (updates.stream().anyMatch(update -> update.magnitude().isPresent())) {
            config.put("use_dora", true);
        }
        config.put("target_modules", updates.stream().map(LoraUpdate::module).toList());
        return config;
    }

    private static <T> T mostCommon(List<LoraUpdate> updates, Function<LoraUpdate, T> property) {
        return updates.stream().collect(Collectors.groupingBy(property, Collectors.counting())).entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static double alpha(LoraUpdate update) {
        return update.scale() * rank(update);
    }

    /** Published files have {@code text_model.} in CLIP's keys, which transformers 5 takes out again. */
    private static String key(LoraUpdate update) {
        return update.target().component()
                + (update.target() == LoraTarget.CLIP ? ".text_model." : ".")
                + update.module();
    }

    /**
     * PEFT matches the end of a name: without {@code ^}, {@code proj_out} would also mean every block's. In CLIP the end
     * is unique, and what comes before it depends on the version of transformers.
     */
    private static String pattern(LoraUpdate update) {
        return update.target() == LoraTarget.CLIP ? update.module() : "^" + update.module();
    }
}
