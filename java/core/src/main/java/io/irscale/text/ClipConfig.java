package io.irscale.text;

import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.ModelClass;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;

/**
 * Sizes of a CLIP, from {@code config.json} with the reference's defaults (transformers
 * {@code configuration_clip.py}): a text encoder alone, or both towers with projections.
 *
 * @param text the text tower
 * @param positions {@code max_position_embeddings}, the most tokens
 * @param vocabulary number of token ids
 * @param eosTokenId 2 in the published files, where the end is at the largest id
 * @param image the image tower; empty for a text encoder
 * @param imageSize pixels along an edge
 * @param patchSize pixels along a patch's edge
 * @param imageChannels colours
 * @param projection shared width; 0 for a text encoder
 */
public record ClipConfig(
        Tower text,
        int positions,
        int vocabulary,
        int eosTokenId,
        Optional<Tower> image,
        int imageSize,
        int patchSize,
        int imageChannels,
        int projection) {

    /**
     * One tower.
     *
     * @param width {@code hidden_size}
     * @param layers {@code num_hidden_layers}
     * @param heads {@code num_attention_heads}
     * @param mlp {@code intermediate_size}
     * @param activation {@code IRS_ACT_*}
     * @param eps of the layer norms
     */
    public record Tower(int width, int layers, int heads, int mlp, int activation, double eps) {
        private static Tower of(JsonConfig config, int width, int layers, int heads, int mlp) {
            return new Tower(
                    config.size("hidden_size", width),
                    config.count("num_hidden_layers", layers),
                    config.count("num_attention_heads", heads),
                    config.size("intermediate_size", mlp),
                    Activation.code(config, "quick_gelu"),
                    config.number("layer_norm_eps", 1e-5));
        }
    }

    /** The text tower of OpenAI's ViT-L/14, which FLUX.1 has. */
    public static final Tower VIT_LARGE_TEXT = new Tower(768, 12, 12, 3072, Activation.QUICK_GELU, 1e-5);

    /** What a pipeline's {@code text_encoder} has to be: a CLIP's text tower, with or without its projection or images. */
    public static final ModelClass CLASS = ModelClass.ofTransformers(
            "CLIPTextModel or CLIPModel",
            "(?!.*(CLIPVision|ChineseCLIP|AltCLIP|CLIPSeg|XCLIP|CLIPForImage)).*CLIP.*",
            Set.of("clip", "clip_text_model"));

    /** Whether a configuration is of a CLIPTextModel or of a CLIPModel. */
    static boolean describesClip(JsonConfig config) {
        return !config.has("_class_name") && config.text("model_type", "clip").matches("clip(_text_model)?");
    }

    /**
     * Reads the configuration of a CLIPTextModel, with or without projection, or of a CLIPModel; another model's is refused
     * by its class.
     */
    public static ClipConfig of(JsonConfig config) {
        CLASS.require(config);
        if (!config.has("vision_config")) {
            return of(config.has("text_config") ? config.child("text_config") : config, Optional.empty(), 0);
        }
        return of(
                config.child("text_config"),
                Optional.of(config.child("vision_config")),
                config.size("projection_dim", 512));
    }

    private static ClipConfig of(JsonConfig text, Optional<JsonConfig> vision, int projection) {
        return new ClipConfig(
                Tower.of(text, 512, 12, 8, 2048),
                text.size("max_position_embeddings", 77),
                text.size("vocab_size", 49408),
                text.integer("eos_token_id", 49407),
                vision.map(config -> Tower.of(config, 768, 12, 12, 3072)),
                vision.map(config -> config.size("image_size", 224)).orElse(0),
                vision.map(config -> config.size("patch_size", 32)).orElse(0),
                vision.map(config -> config.size("num_channels", 3)).orElse(0),
                projection);
    }

    /** The text tower alone. */
    ClipConfig ofText() {
        return new ClipConfig(text, positions, vocabulary, eosTokenId, Optional.empty(), 0, 0, 0, 0);
    }

    MemorySegment struct(Arena arena) {
        Struct struct = new Struct(arena, NativeStructs.CLIP_CONFIG)
                .set("text_width", text.width())
                .set("text_layers", text.layers())
                .set("text_heads", text.heads())
                .set("text_mlp", text.mlp())
                .set("text_activation", text.activation())
                .set("text_positions", positions)
                .set("vocabulary", vocabulary)
                .set("eos_token_id", eosTokenId)
                .set("text_eps", text.eps())
                .set("projection", projection);
        image.ifPresent(tower -> struct.set("image_width", tower.width())
                .set("image_layers", tower.layers())
                .set("image_heads", tower.heads())
                .set("image_mlp", tower.mlp())
                .set("image_activation", tower.activation())
                .set("image_size", imageSize)
                .set("patch_size", patchSize)
                .set("image_channels", imageChannels)
                .set("image_eps", tower.eps()));
        return struct.memory();
    }
}
