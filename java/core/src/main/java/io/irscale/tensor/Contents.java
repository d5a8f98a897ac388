package io.irscale.tensor;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a file's names say that it holds, in the words that messages and {@code irscale check} use. A file may hold several;
 * prefixes of all-in-one files do not matter.
 */
public enum Contents {
    /** FLUX's transformer by Black Forest Labs' names. */
    FLUX_ORIGINAL(
            "a FLUX transformer in the original layout", "double_blocks\\.\\d+\\.img_attn\\.norm\\.key_norm\\.scale"),
    /** FLUX's transformer by diffusers' names. */
    FLUX_DIFFUSERS("a FLUX transformer in diffusers' layout", "single_transformer_blocks\\.\\d+\\.proj_mlp\\.weight"),
    /** Its autoencoder by Black Forest Labs' names. */
    VAE_ORIGINAL("an autoencoder in the original layout", "decoder\\.mid\\.attn_1\\.q\\.weight"),
    /** An autoencoder by diffusers' names. */
    VAE_DIFFUSERS(
            "an autoencoder in diffusers' layout", "decoder\\.up_blocks\\.\\d+\\.resnets\\.\\d+\\.conv1\\.weight"),
    /** CLIP's text tower by transformers' names. */
    CLIP_TEXT("a CLIP text encoder", "(?<!vision_model\\.)encoder\\.layers\\.\\d+\\.self_attn\\.q_proj\\.weight"),
    /** CLIP's image tower by transformers' names. */
    CLIP_IMAGE("a CLIP image encoder", "vision_model\\.encoder\\.layers\\.\\d+\\.self_attn\\.q_proj\\.weight"),
    /** Both towers by open_clip's names. */
    OPEN_CLIP("a CLIP of open_clip", "visual\\.transformer\\.resblocks\\.\\d+\\.attn\\.in_proj_weight"),
    /** T5's encoder by transformers' names. */
    T5("a T5 text encoder", "encoder\\.block\\.\\d+\\.layer\\.0\\.SelfAttention\\.q\\.weight"),
    /** T5's encoder by llama.cpp's names. */
    T5_GGUF("a T5 text encoder of llama.cpp", "enc\\.blk\\.\\d+\\.attn_q\\.weight"),
    /** Low-rank and other updates. */
    LORA(
            "a LoRA",
            ".+\\.(lora_[AB]|lora_(up|down)|lora\\.(up|down)|lokr_w\\d|hada_w\\d|lora_magnitude_vector|diff|diff_b|(oft|boft|glora|ia3|vera|hra)_\\w+|on_input)\\b.*"),
    /** DINOv2. */
    DINOV2("a DINOv2 image encoder", "encoder\\.layer\\.\\d+\\.attention\\.attention\\.query\\.weight"),
    /** Stable Diffusion 3. */
    SD3("a transformer of Stable Diffusion 3", "joint_blocks\\.\\d+\\.x_block\\.attn\\.qkv\\.weight"),
    /** Stable Diffusion 1, 2 and XL. */
    STABLE_DIFFUSION(
            "a U-Net of Stable Diffusion",
            "(input_blocks\\.0\\.0|down_blocks\\.\\d+\\.resnets\\.0\\.time_emb_proj)\\.weight"),
    /** A transformer without FLUX's modulations. */
    CHROMA("Chroma", "distilled_guidance_layer\\.in_proj\\.weight"),
    /** ControlNets of FLUX. */
    CONTROLNET("a ControlNet", "controlnet_(blocks\\.\\d+|x_embedder)\\.weight");

    private final String words;
    private final Pattern names;

    Contents(String words, String mark) {
        this.words = words;
        names = Pattern.compile("(.+\\.)?" + mark);
    }

    /** What it is, as a noun. */
    public String words() {
        return words;
    }

    /** What a file with these tensors holds. */
    public static List<Contents> of(Collection<String> names) {
        return Arrays.stream(values())
                .filter(contents -> names.stream()
                        .anyMatch(name -> contents.names.matcher(name).matches()))
                .toList();
    }

    /** The same as a part of a sentence. */
    public static String describe(Collection<String> names) {
        List<Contents> found = of(names);
        return found.isEmpty()
                ? "nothing that irscale knows"
                : found.stream().map(Contents::words).collect(Collectors.joining(" and "));
    }
}
