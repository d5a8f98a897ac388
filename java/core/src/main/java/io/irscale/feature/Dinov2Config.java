package io.irscale.feature;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.JsonConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sizes of a DINOv2, from {@code config.json} with the reference's defaults (transformers
 * {@code configuration_dinov2.py}).
 *
 * @param width {@code hidden_size}
 * @param layers {@code num_hidden_layers}
 * @param heads {@code num_attention_heads}
 * @param mlp {@code hidden_size} times {@code mlp_ratio}
 * @param imageSize pixels along the edge that the position embeddings are of
 * @param patchSize pixels along a patch's edge
 * @param qkvBias whether queries, keys and values have biases
 * @param eps of the layer norms
 */
public record Dinov2Config(
        int width, int layers, int heads, int mlp, int imageSize, int patchSize, boolean qkvBias, double eps) {

    /**
     * Reads a configuration.
     *
     * @throws InvalidInputException if a value is none that is read here, naming it
     */
    public static Dinov2Config of(JsonConfig config) {
        String type = config.text("model_type", "dinov2");
        if (!type.equals("dinov2")) {
            throw config.wrong("model_type", type, "dinov2");
        }
        if (config.flag("use_swiglu_ffn", false)) {
            throw config.wrong("use_swiglu_ffn", true, "false: the giant's SwiGLU is not read");
        }
        String activation = config.text("hidden_act", "gelu");
        if (!activation.equals("gelu")) {
            throw config.wrong("hidden_act", activation, "gelu");
        }
        if (config.integer("num_channels", 3) != 3) {
            throw config.wrong("num_channels", config.integer("num_channels"), "3");
        }
        int width = config.size("hidden_size", 768);
        return new Dinov2Config(
                width,
                config.count("num_hidden_layers", 12),
                config.count("num_attention_heads", 12),
                config.multiple("mlp_ratio", width, 4),
                config.size("image_size", 224),
                config.size("patch_size", 14),
                config.flag("qkv_bias", true),
                config.number("layer_norm_eps", 1e-6));
    }

    MemorySegment struct(Arena arena) {
        return new Struct(arena, NativeStructs.DINOV2_CONFIG)
                .set("width", width)
                .set("layers", layers)
                .set("heads", heads)
                .set("mlp", mlp)
                .set("image_size", imageSize)
                .set("patch_size", patchSize)
                .set("qkv_bias", qkvBias ? 1 : 0)
                .set("eps", eps)
                .memory();
    }
}
