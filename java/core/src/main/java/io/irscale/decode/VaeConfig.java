package io.irscale.decode;

import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.ModelClass;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Sizes of an AutoencoderKL, from {@code vae/config.json} with the reference's defaults (diffusers
 * {@code autoencoder_kl.py}).
 *
 * @param inChannels image channels in
 * @param outChannels image channels out
 * @param latentChannels C
 * @param channels {@code block_out_channels}, 1 to 8 levels
 * @param layersPerBlock resnets a level
 * @param groups {@code norm_num_groups}
 * @param midAttention {@code mid_block_add_attention}
 * @param quantConv {@code use_quant_conv}
 * @param postQuantConv {@code use_post_quant_conv}
 * @param scalingFactor latents = (z - shift) scaling
 * @param shiftFactor see {@code scalingFactor}
 */
public record VaeConfig(
        int inChannels,
        int outChannels,
        int latentChannels,
        List<Integer> channels,
        int layersPerBlock,
        int groups,
        boolean midAttention,
        boolean quantConv,
        boolean postQuantConv,
        double scalingFactor,
        double shiftFactor) {
    /** The model's {@code _class_name} in diffusers. */
    public static final String CLASS_NAME = "AutoencoderKL";

    /** What a pipeline's {@code vae} has to be. */
    public static final ModelClass CLASS = ModelClass.ofDiffusers(CLASS_NAME);

    /** Reads a configuration; another model's is refused by its class. */
    public static VaeConfig of(JsonConfig config) {
        CLASS.require(config);
        String activation = config.text("act_fn", "silu");
        if (!activation.equals("silu")) {
            throw config.wrong("act_fn", activation, "silu");
        }
        List<Integer> channels = config.sizes("block_out_channels", List.of(64));
        if (channels.isEmpty() || channels.size() > 8) {
            throw config.wrong("block_out_channels", channels, "1 to 8 levels");
        }
        return new VaeConfig(
                config.size("in_channels", 3),
                config.size("out_channels", 3),
                config.size("latent_channels", 4),
                channels,
                config.count("layers_per_block", 1),
                config.count("norm_num_groups", 32),
                config.flag("mid_block_add_attention", true),
                config.flag("use_quant_conv", true),
                config.flag("use_post_quant_conv", true),
                config.number("scaling_factor", 0.18215),
                config.number("shift_factor", 0.0));
    }

    /** Pixels per latent along an edge. */
    public int factor() {
        return 1 << (channels.size() - 1);
    }

    MemorySegment struct(Arena arena) {
        return new Struct(arena, NativeStructs.VAE_CONFIG)
                .set("in_channels", inChannels)
                .set("out_channels", outChannels)
                .set("latent_channels", latentChannels)
                .set("levels", channels.size())
                .set("channels", channels.stream().mapToInt(Integer::intValue).toArray())
                .set("layers_per_block", layersPerBlock)
                .set("groups", groups)
                .set("mid_attention", midAttention ? 1 : 0)
                .set("quant_conv", quantConv ? 1 : 0)
                .set("post_quant_conv", postQuantConv ? 1 : 0)
                .set("scaling_factor", scalingFactor)
                .set("shift_factor", shiftFactor)
                .memory();
    }
}
