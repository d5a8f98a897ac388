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
     * @throws InvalidInputException if the file cannot be written
     */
    public static void write(Path file, Lora lora) {
        List<StoredTensor> tensors = new ArrayList<>();
        Map<String, Object> adapters = new LinkedHashMap<>();
        for (LoraTarget target : LoraTarget.values()) {
            List<LoraUpdate> updates = lora.updates(target);
            for (LoraUpdate update : updates) {
                tensors.add(update.a().named(key(update) + ".lora_A.weight"));
                tensors.add(update.b().named(key(update) + ".lora_B.weight"));
            }
            if (!updates.isEmpty()) {
                config(updates).forEach((key, value) -> adapters.put(target.component() + "." + key, value));
            }
        }
        Map<String, String> header = new LinkedHashMap<>();
        header.put("format", "pt");
        header.put(LoraMetadata.KEY, JsonMapper.shared().writeValueAsString(adapters));
        SafetensorsWriter.write(file, tensors, header);
    }

    private static Map<String, Object> config(List<LoraUpdate> updates) {
        long rank = mostCommon(updates, LoraUpdate::rank);
        double alpha = mostCommon(updates, LoraWriter::alpha);
        Map<String, Object> ranks = new LinkedHashMap<>();
        Map<String, Object> alphas = new LinkedHashMap<>();
        for (LoraUpdate update : updates) {
            if (update.rank() != rank) {
                ranks.put(pattern(update), update.rank());
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
        return update.scale() * update.rank();
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
