package io.irscale.denoise;

import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.ModelClass;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes of a FLUX transformer, from {@code transformer/config.json} with the reference's defaults
 * (diffusers {@code transformer_flux.py}, {@code FluxTransformer2DModel.__init__}).
 *
 * @param inChannels packed channels, 4 x latent channels
 * @param outChannels packed channels of the velocity
 * @param layers double blocks
 * @param singleLayers single blocks
 * @param heads attention heads
 * @param headDim width of a head
 * @param jointDim width of txt
 * @param pooledDim width of vec
 * @param guidance whether guidance is embedded (FLUX.1-dev)
 * @param axes rotary sizes of time, row and column
 */
public record FluxConfig(
        int inChannels,
        int outChannels,
        int layers,
        int singleLayers,
        int heads,
        int headDim,
        int jointDim,
        int pooledDim,
        boolean guidance,
        List<Integer> axes) {
    /** The model's {@code _class_name} in diffusers. */
    public static final String CLASS_NAME = "FluxTransformer2DModel";

    /** 71 million parameters, to measure with: 8 heads of 64, 4 + 8 blocks. */
    public static final FluxConfig MEDIUM = new FluxConfig(64, 64, 4, 8, 8, 64, 256, 128, true, List.of(8, 28, 28));

    /** FLUX.1-dev's. */
    public static final FluxConfig DEV = new FluxConfig(64, 64, 19, 38, 24, 128, 4096, 768, true, List.of(16, 56, 56));

    /** What a pipeline's {@code transformer} has to be. */
    public static final ModelClass CLASS = ModelClass.ofDiffusers(CLASS_NAME);

    /** Reads a configuration; another model's is refused by its class. */
    public static FluxConfig of(JsonConfig config) {
        CLASS.require(config);
        if (config.integer("patch_size", 1) != 1) {
            throw config.wrong("patch_size", config.integer("patch_size"), "1");
        }
        int inChannels = config.size("in_channels", 64);
        List<Integer> axes = config.sizes("axes_dims_rope", List.of(16, 56, 56));
        if (axes.size() != 3) {
            throw config.wrong("axes_dims_rope", axes, "3 sizes");
        }
        return new FluxConfig(
                inChannels,
                config.size("out_channels", inChannels),
                config.count("num_layers", 19),
                config.count("num_single_layers", 38),
                config.count("num_attention_heads", 24),
                config.size("attention_head_dim", 128),
                config.size("joint_attention_dim", 4096),
                config.size("pooled_projection_dim", 768),
                config.flag("guidance_embeds", false),
                axes);
    }

    /** The same as the keys of diffusers' {@code config.json}. */
    public Map<String, Object> toDiffusers() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("_class_name", CLASS_NAME);
        values.put("attention_head_dim", headDim);
        values.put("axes_dims_rope", axes);
        values.put("guidance_embeds", guidance);
        values.put("in_channels", inChannels);
        values.put("joint_attention_dim", jointDim);
        values.put("num_attention_heads", heads);
        values.put("num_layers", layers);
        values.put("num_single_layers", singleLayers);
        values.put("out_channels", outChannels);
        values.put("patch_size", 1);
        values.put("pooled_projection_dim", pooledDim);
        return values;
    }

    /** Latent channels, a quarter of the packed ones. */
    public int latentChannels() {
        return inChannels / 4;
    }

    /** Width of the model. */
    public int width() {
        return heads * headDim;
    }

    MemorySegment struct(Arena arena) {
        return new Struct(arena, NativeStructs.FLUX_CONFIG)
                .set("in_channels", inChannels)
                .set("out_channels", outChannels)
                .set("layers", layers)
                .set("single_layers", singleLayers)
                .set("heads", heads)
                .set("head_dim", headDim)
                .set("joint_dim", jointDim)
                .set("pooled_dim", pooledDim)
                .set("guidance", guidance ? 1 : 0)
                .set("axes", axes.stream().mapToInt(Integer::intValue).toArray())
                .memory();
    }
}
