package io.irscale.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** Layouts of the structs of {@code irscale.h}, {@code irscale_flux.h} and {@code irscale_features.h}, field for field. */
public final class NativeStructs {
    /** {@code irs_clip_config}. */
    public static final StructLayout CLIP_CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("text_width"),
            JAVA_INT.withName("text_layers"),
            JAVA_INT.withName("text_heads"),
            JAVA_INT.withName("text_mlp"),
            JAVA_INT.withName("text_activation"),
            JAVA_INT.withName("text_positions"),
            JAVA_INT.withName("vocabulary"),
            JAVA_INT.withName("eos_token_id"),
            JAVA_DOUBLE.withName("text_eps"),
            JAVA_INT.withName("projection"),
            JAVA_INT.withName("image_width"),
            JAVA_INT.withName("image_layers"),
            JAVA_INT.withName("image_heads"),
            JAVA_INT.withName("image_mlp"),
            JAVA_INT.withName("image_activation"),
            JAVA_INT.withName("image_size"),
            JAVA_INT.withName("patch_size"),
            JAVA_INT.withName("image_channels"),
            MemoryLayout.paddingLayout(4),
            JAVA_DOUBLE.withName("image_eps"));

    /** {@code irs_siglip_config}. */
    public static final StructLayout SIGLIP_CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("text_width"),
            JAVA_INT.withName("text_layers"),
            JAVA_INT.withName("text_heads"),
            JAVA_INT.withName("text_mlp"),
            JAVA_INT.withName("text_activation"),
            JAVA_INT.withName("text_positions"),
            JAVA_INT.withName("vocabulary"),
            JAVA_INT.withName("projection"),
            JAVA_DOUBLE.withName("text_eps"),
            JAVA_INT.withName("image_width"),
            JAVA_INT.withName("image_layers"),
            JAVA_INT.withName("image_heads"),
            JAVA_INT.withName("image_mlp"),
            JAVA_INT.withName("image_activation"),
            JAVA_INT.withName("image_size"),
            JAVA_INT.withName("patch_size"),
            JAVA_INT.withName("image_channels"),
            JAVA_INT.withName("positions"),
            MemoryLayout.paddingLayout(4),
            JAVA_DOUBLE.withName("image_eps"));
    /** {@code irs_clip_preprocessing}. */
    public static final StructLayout CLIP_PREPROCESSING = MemoryLayout.structLayout(
            JAVA_INT.withName("resize"),
            JAVA_INT.withName("height"),
            JAVA_INT.withName("width"),
            JAVA_INT.withName("filter"),
            JAVA_INT.withName("crop"),
            JAVA_INT.withName("edge"),
            JAVA_DOUBLE.withName("scale"),
            MemoryLayout.sequenceLayout(3, JAVA_DOUBLE).withName("mean"),
            MemoryLayout.sequenceLayout(3, JAVA_DOUBLE).withName("std"));

    /** {@code irs_t5_config}. */
    public static final StructLayout T5_CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("width"),
            JAVA_INT.withName("key"),
            JAVA_INT.withName("heads"),
            JAVA_INT.withName("mlp"),
            JAVA_INT.withName("layers"),
            JAVA_INT.withName("vocabulary"),
            JAVA_INT.withName("buckets"),
            JAVA_INT.withName("max_distance"),
            JAVA_DOUBLE.withName("eps"));

    /** {@code irs_flux_config}. */
    public static final StructLayout FLUX_CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("in_channels"),
            JAVA_INT.withName("out_channels"),
            JAVA_INT.withName("layers"),
            JAVA_INT.withName("single_layers"),
            JAVA_INT.withName("heads"),
            JAVA_INT.withName("head_dim"),
            JAVA_INT.withName("joint_dim"),
            JAVA_INT.withName("pooled_dim"),
            JAVA_INT.withName("guidance"),
            MemoryLayout.sequenceLayout(3, JAVA_INT).withName("axes"));

    /** {@code irs_vae_config}. */
    public static final StructLayout VAE_CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("in_channels"),
            JAVA_INT.withName("out_channels"),
            JAVA_INT.withName("latent_channels"),
            JAVA_INT.withName("levels"),
            MemoryLayout.sequenceLayout(8, JAVA_INT).withName("channels"),
            JAVA_INT.withName("layers_per_block"),
            JAVA_INT.withName("groups"),
            JAVA_INT.withName("mid_attention"),
            JAVA_INT.withName("quant_conv"),
            JAVA_INT.withName("post_quant_conv"),
            MemoryLayout.paddingLayout(4),
            JAVA_DOUBLE.withName("scaling_factor"),
            JAVA_DOUBLE.withName("shift_factor"));

    /** {@code irs_adamw_settings}. */
    public static final StructLayout ADAMW_SETTINGS = MemoryLayout.structLayout(
            JAVA_DOUBLE.withName("learning_rate"),
            JAVA_DOUBLE.withName("beta1"),
            JAVA_DOUBLE.withName("beta2"),
            JAVA_DOUBLE.withName("eps"),
            JAVA_DOUBLE.withName("weight_decay"),
            JAVA_DOUBLE.withName("max_norm"),
            JAVA_DOUBLE.withName("average_decay"));

    /** {@code irs_dinov2_config}. */
    public static final StructLayout DINOV2_CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("width"),
            JAVA_INT.withName("layers"),
            JAVA_INT.withName("heads"),
            JAVA_INT.withName("mlp"),
            JAVA_INT.withName("image_size"),
            JAVA_INT.withName("patch_size"),
            JAVA_INT.withName("qkv_bias"),
            MemoryLayout.paddingLayout(4),
            JAVA_DOUBLE.withName("eps"));

    /** {@code irs_packed}. */
    public static final StructLayout PACKED = MemoryLayout.structLayout(
            ADDRESS.withName("data"),
            JAVA_LONG.withName("bytes"),
            JAVA_LONG.withName("first"),
            JAVA_INT.withName("packing"),
            JAVA_INT.withName("rounding"),
            ADDRESS.withName("code"),
            JAVA_LONG.withName("code_count"),
            ADDRESS.withName("scales"),
            JAVA_LONG.withName("scale_count"),
            JAVA_LONG.withName("run"),
            JAVA_DOUBLE.withName("offset"));

    private NativeStructs() {}
}
