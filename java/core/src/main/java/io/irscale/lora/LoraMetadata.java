package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Ranks and alphas from PEFT's configuration of an adapter (PEFT {@code tuners/lora/config.py}, {@code layer.py}): in
 * the file's header, where diffusers puts it ({@code loaders/lora_base.py}), or in the {@code adapter_config.json} that
 * PEFT itself puts beside its {@code adapter_model.safetensors}.
 */
final class LoraMetadata {
    /** Where diffusers puts it in the header. */
    static final String KEY = "lora_adapter_metadata";

    private static final Pattern NAME = Pattern.compile("\\^?[A-Za-z0-9_.]+");

    private final Path file;
    private final Map<LoraTarget, Config> configs = new EnumMap<>(LoraTarget.class);

    private record Config(
            Optional<Double> alpha,
            Optional<Double> rank,
            Map<String, Double> alphas,
            Map<String, Double> ranks,
            boolean rankStabilised) {}

    private LoraMetadata(Path file) {
        this.file = file;
    }

    /**
     * Reads what there is.
     *
     * @param file the safetensors file
     * @param header its metadata
     * @throws InvalidInputException if there is a configuration, but not such as PEFT saves
     */
    static LoraMetadata read(Path file, Map<String, String> header) {
        LoraMetadata metadata = new LoraMetadata(file);
        String json = header.get(KEY);
        Path beside = file.resolveSibling("adapter_config.json");
        if (json != null) {
            metadata.put(JsonConfig.parse(file, KEY, json));
        } else if (file.endsWith("adapter_model.safetensors") && Files.exists(beside)) {
            metadata.put(JsonConfig.read(beside));
        }
        return metadata;
    }

    private void put(JsonConfig all) {
        // Without a prefix where a model, not a pipeline, saved its adapter.
        String transformer = all.has("lora_alpha") ? "" : LoraTarget.TRANSFORMER.component() + ".";
        configs.put(LoraTarget.TRANSFORMER, config(all, transformer));
        configs.put(LoraTarget.CLIP, config(all, LoraTarget.CLIP.component() + "."));
    }

    private static Config config(JsonConfig all, String prefix) {
        return new Config(
                number(all, prefix + "lora_alpha"),
                number(all, prefix + "r"),
                pattern(all, prefix + "alpha_pattern"),
                pattern(all, prefix + "rank_pattern"),
                all.flag(prefix + "use_rslora", false));
    }

    private static Optional<Double> number(JsonConfig config, String key) {
        return config.has(key) ? Optional.of(config.number(key, 0)) : Optional.empty();
    }

    private static Map<String, Double> pattern(JsonConfig all, String key) {
        Map<String, Double> values = new LinkedHashMap<>();
        if (all.has(key)) {
            JsonConfig pattern = all.child(key);
            for (String name : pattern.keys()) {
                // PEFT takes regular expressions, diffusers writes names.
                if (!NAME.matcher(name).matches()) {
                    throw all.wrong(key, "'" + name + "'", "a layer's name");
                }
                number(pattern, name).ifPresent(value -> values.put(name, value));
            }
        }
        return values;
    }

    /**
     * What the product of a layer's factors counts; 1 where there is no metadata about it.
     *
     * @throws InvalidInputException if the metadata gives the layer another rank than {@code a} has
     */
    double scale(LoraTarget target, String module, StoredTensor a) {
        Config config = configs.get(target);
        Optional<Double> alpha =
                config == null ? Optional.empty() : find(config.alphas, module).or(() -> config.alpha);
        if (config == null || alpha.isEmpty()) {
            return 1;
        }
        double rank = a.shape().getFirst();
        Optional<Double> told = find(config.ranks, module).or(() -> config.rank);
        if (told.isPresent() && told.get() != rank) {
            throw new InvalidInputException("%s: tensor '%s' has rank %.0f, but the adapter's configuration says %s"
                    .formatted(file, a.name(), rank, told.get()));
        }
        return alpha.get() / (config.rankStabilised ? Math.sqrt(rank) : rank);
    }

    /** The first that fits, by PEFT's rule: a whole name after {@code ^}, else the end of one. */
    private static Optional<Double> find(Map<String, Double> pattern, String module) {
        return pattern.entrySet().stream()
                .filter(entry -> fits(entry.getKey(), module))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean fits(String key, String module) {
        boolean whole = key.startsWith("^");
        String name = (whole ? key.substring(1) : key).replaceFirst("^text_model\\.", "");
        return module.equals(name) || (!whole && module.endsWith("." + name));
    }
}
