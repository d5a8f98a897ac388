package io.irscale.lora;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's name in a LoRA file, taken apart.
 *
 * @param target the model that the prefix names; empty for the T5 text encoder
 * @param layer the layer in that model, dotted or underscored, by whatever name
 * @param role what the tensor is to the layer
 */
record LoraKey(Optional<LoraTarget> target, String layer, Role role) {
    enum Role {
        A,
        B,
        ALPHA
    }

    // kohya and OneTrainer, then diffusers, PEFT, ComfyUI. Longer ones stand before those that they begin with; kohya
    // calls T5 te3, OneTrainer te2.
    private static final List<Prefix> PREFIXES = List.of(
            new Prefix("lora_unet_", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("lora_transformer_", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("lora_te_text_model_", Optional.of(LoraTarget.CLIP)),
            new Prefix("lora_te1_text_model_", Optional.of(LoraTarget.CLIP)),
            new Prefix("lora_te_", Optional.of(LoraTarget.CLIP)),
            new Prefix("lora_te1_", Optional.of(LoraTarget.CLIP)),
            new Prefix("lora_te2_", Optional.empty()),
            new Prefix("lora_te3_", Optional.empty()),
            new Prefix("base_model.model.transformer.", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("base_model.model.", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("model.diffusion_model.", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("diffusion_model.", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("transformer.", Optional.of(LoraTarget.TRANSFORMER)),
            new Prefix("text_encoder.text_model.", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoder.", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoder_2.", Optional.empty()),
            new Prefix("text_encoders.clip_l.transformer.text_model.", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoders.clip_l.transformer.", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoders.t5xxl.transformer.", Optional.empty()),
            new Prefix("", Optional.of(LoraTarget.TRANSFORMER)));

    // PEFT with and without an adapter's name, kohya, diffusers before PEFT for transformers and for text encoders,
    // XLabs.
    private static final Pattern TENSOR = Pattern.compile("(?<layer>.+?)\\.(?:"
            + "(?<a>lora_A(?:\\.[^.]+)?|lora_down|lora\\.down|lora_linear_layer\\.down|down)\\.weight"
            + "|(?<b>lora_B(?:\\.[^.]+)?|lora_up|lora\\.up|lora_linear_layer\\.up|up)\\.weight"
            + "|alpha)");

    private record Prefix(String text, Optional<LoraTarget> target) {}

    /** Takes {@code name} apart; empty if it ends like nothing that a low-rank update is made of. */
    static Optional<LoraKey> of(String name) {
        Matcher matcher = TENSOR.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Role role = matcher.group("a") != null ? Role.A : matcher.group("b") != null ? Role.B : Role.ALPHA;
        String layer = matcher.group("layer");
        Prefix prefix = PREFIXES.stream()
                .filter(each -> layer.startsWith(each.text))
                .findFirst()
                .orElseThrow();
        return Optional.of(new LoraKey(prefix.target, layer.substring(prefix.text.length()), role));
    }
}
