package io.irscale.text;

import io.irscale.tensor.JsonConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sizes of a CLIP in open_clip's layout, from {@code model_cfg} of {@code open_clip_config.json} with the defaults of
 * {@code CLIPVisionCfg} and {@code CLIPTextCfg} (open_clip {@code model.py}). Every other setting has to be off, so that
 * one which would change the result is refused by its name.
 */
final class OpenClipConfig {
    static final String FILE = "open_clip_config.json";

    // What JSON may say for "not used".
    private static final Set<String> OFF = Set.of("null", "false", "\"\"", "{}", "[]", "0", "0.0");

    // Read below, or without effect once trained.
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "model_cfg",
            Set.of(
                    "embed_dim",
                    "vision_cfg",
                    "text_cfg",
                    "quick_gelu",
                    "custom_text",
                    "init_logit_scale",
                    "nonscalar_logit_scale",
                    "cast_dtype",
                    "output_dict"),
            "vision_cfg",
            Set.of(
                    "layers",
                    "width",
                    "head_width",
                    "mlp_ratio",
                    "patch_size",
                    "image_size",
                    "patch_dropout",
                    "output_tokens",
                    "attn_pooler_queries",
                    "attn_pooler_heads"),
            "text_cfg",
            Set.of(
                    "context_length",
                    "vocab_size",
                    "width",
                    "heads",
                    "layers",
                    "mlp_ratio",
                    "pool_type",
                    "eos_id",
                    "output_tokens"));
    private static final Map<String, String> DEFAULTS = Map.of(
            "vision_cfg.pool_type", "\"tok\"",
            "vision_cfg.pos_embed_type", "\"learnable\"",
            "vision_cfg.block_type", "\"default\"",
            "text_cfg.text_arch", "\"clip\"",
            "text_cfg.block_type", "\"default\"",
            "text_cfg.proj_type", "\"linear\"",
            "text_cfg.tokenizer_kwargs", "{\"clean\":\"lower\"}");

    private OpenClipConfig() {}

    /** Reads {@code open_clip_config.json} of a folder. */
    static ClipConfig read(Path folder) {
        JsonConfig model = JsonConfig.read(folder.resolve(FILE)).child("model_cfg");
        JsonConfig vision = model.child("vision_cfg");
        JsonConfig text = model.child("text_cfg");
        requireKnown(model, "model_cfg");
        requireKnown(vision, "vision_cfg");
        requireKnown(text, "text_cfg");
        int activation = model.flag("quick_gelu", false) ? Activation.QUICK_GELU : Activation.GELU;
        return new ClipConfig(
                tower(text, text.size("width", 512), text.count("heads", 8), activation),
                text.size("context_length", 77),
                text.size("vocab_size", 49408),
                end(text),
                Optional.of(tower(vision, vision.size("width", 768), imageHeads(vision), activation)),
                vision.size("image_size", 224),
                vision.size("patch_size", 16),
                3,
                model.size("embed_dim"));
    }

    private static ClipConfig.Tower tower(JsonConfig config, int width, int heads, int activation) {
        int mlp = config.multiple("mlp_ratio", width, 4);
        return new ClipConfig.Tower(width, config.count("layers", 12), heads, mlp, activation, 1e-5);
    }

    private static int imageHeads(JsonConfig vision) {
        return vision.size("width", 768) / vision.size("head_width", 64);
    }

    /** The id at whose place the text's embedding stands: 2 for "the largest", as {@link ClipConfig} has it. */
    private static int end(JsonConfig text) {
        String pool = text.text("pool_type", "argmax");
        return switch (pool) {
            case "argmax" -> 2;
            case "eos" -> text.integer("eos_id");
            default -> throw text.wrong("text_cfg.pool_type", pool, "argmax or eos");
        };
    }

    private static void requireKnown(JsonConfig config, String section) {
        for (String key : config.keys()) {
            String name = section + "." + key;
            String value = config.json(key);
            boolean known = KNOWN.getOrDefault(section, Set.of()).contains(key);
            if (!known && !OFF.contains(value) && !value.equals(DEFAULTS.get(name))) {
                throw config.wrong(name, value, DEFAULTS.getOrDefault(name, "none: irscale has no such CLIP"));
            }
        }
    }
}
