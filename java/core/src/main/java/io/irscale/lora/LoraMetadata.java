package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ranks and alphas from PEFT's configuration of an adapter (PEFT {@code tuners/lora/config.py}, {@code layer.py}): in
 * the file's header, where diffusers puts it ({@code loaders/lora_base.py}), or in the {@code adapter_config.json} that
 * PEFT itself puts beside its {@code adapter_model.safetensors}.
 */
final class LoraMetadata {
    /** Where diffusers puts it in the header. */
    static final String KEY = "lora_adapter_metadata";

    private static final Pattern FLAT = Pattern.compile(
            "((transformer|text_encoder)\\.)?(lora_alpha|alpha|r|alpha_pattern|rank_pattern|use_rslora)");

    private final Path file;
    private final Map<LoraTarget, Config> configs = new EnumMap<>(LoraTarget.class);

    private record Config(
            Optional<Double> alpha,
            Optional<Double> rank,
            Map<Pattern, Double> alphas,
            Map<Pattern, Double> ranks,
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
        Map<String, Object> flat = flat(header);
        if (json != null) {
            metadata.put(JsonConfig.parse(file, KEY, json));
        } else if (!flat.isEmpty()) {
            metadata.put(JsonConfig.of(file, flat));
        } else if (file.endsWith("adapter_model.safetensors") && Files.exists(beside)) {
            metadata.put(JsonConfig.read(beside));
        }
        return metadata;
    }

    // Some trainers write the same entries into the header itself, as texts.
    private static Map<String, Object> flat(Map<String, String> header) {
        Map<String, Object> entries = new LinkedHashMap<>();
        header.forEach((key, text) -> {
            if (FLAT.matcher(key).matches()) {
                entries.put(key, value(text));
            }
        });
        boolean told = entries.keySet().stream().anyMatch(key -> key.contains("alpha"));
        return told ? entries : Map.of();
    }

    private static Object value(String text) {
        try {
            return JsonMapper.shared().readTree(text.replace("True", "true").replace("False", "false"));
        } catch (JacksonException e) {
            return text; // refused where it is read
        }
    }

    private void put(JsonConfig all) {
        // Without a prefix where a model, not a pipeline, saved its adapter.
        String transformer = all.has("lora_alpha") || all.has("alpha") ? "" : LoraTarget.TRANSFORMER.component() + ".";
        configs.put(LoraTarget.TRANSFORMER, config(all, transformer));
        configs.put(LoraTarget.CLIP, config(all, LoraTarget.CLIP.component() + "."));
    }

    private static Config config(JsonConfig all, String prefix) {
        return new Config(
                // LoKr and LoHa have it without "lora_" (tuners/lokr/config.py).
                number(all, prefix + "lora_alpha").or(() -> number(all, prefix + "alpha")),
                number(all, prefix + "r"),
                pattern(all, prefix + "alpha_pattern"),
                pattern(all, prefix + "rank_pattern"),
                all.flag(prefix + "use_rslora", false));
    }

    private static Optional<Double> number(JsonConfig config, String key) {
        return config.has(key) ? Optional.of(config.number(key, 0)) : Optional.empty();
    }

    /** Regular expressions, as PEFT takes them, by what they stand for. */
    private static Map<Pattern, Double> pattern(JsonConfig all, String key) {
        Map<Pattern, Double> values = new LinkedHashMap<>();
        if (all.has(key)) {
            JsonConfig pattern = all.child(key);
            for (String name : pattern.keys()) {
                Pattern compiled = compiled(all, key, name);
                number(pattern, name).ifPresent(value -> values.put(compiled, value));
            }
        }
        return values;
    }

    private static Pattern compiled(JsonConfig all, String key, String name) {
        try {
            return Pattern.compile("(.*\\.)?(" + name + ")");
        } catch (PatternSyntaxException e) {
            throw all.wrong(key, "'" + name + "'", "a layer's name or a regular expression: " + e.getDescription());
        }
    }

    /**
     * What the term counts; 1 where there is no metadata about it.
     *
     * @throws InvalidInputException if the metadata gives the layer another rank than the term has
     */
    double scale(LoraTarget target, String module, LoraTerm term) {
        Config config = configs.get(target);
        Optional<Double> alpha =
                config == null ? Optional.empty() : find(config.alphas, module).or(() -> config.alpha);
        if (config == null || alpha.isEmpty()) {
            return 1;
        }
        Optional<Double> told = find(config.ranks, module).or(() -> config.rank);
        Optional<Double> own = term.rank().map(Long::doubleValue);
        if (told.isPresent() && own.isPresent() && !told.equals(own)) {
            throw new InvalidInputException("%s: tensor '%s' has rank %.0f, but the adapter's configuration says %s"
                    .formatted(file, term.tensors().getFirst().name(), own.get(), told.get()));
        }
        double rank = own.or(() -> told).orElse(alpha.get());
        return alpha.get() / (config.rankStabilised ? Math.sqrt(rank) : rank);
    }

    /** The first that fits, by PEFT's rule: a whole name, or the end of one after a dot ({@code utils/other.py}). */
    private static Optional<Double> find(Map<Pattern, Double> patterns, String module) {
        return patterns.entrySet().stream()
                .filter(entry -> fits(entry.getKey(), module))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    // CLIP's layers have a prefix in PEFT's names that transformers 5 takes out.
    private static boolean fits(Pattern pattern, String module) {
        return pattern.matcher(module).matches()
                || pattern.matcher("text_model." + module).matches();
    }
}
