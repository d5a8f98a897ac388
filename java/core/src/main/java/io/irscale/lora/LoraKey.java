package io.irscale.lora;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A tensor's name in a LoRA file, taken apart.
 *
 * @param target the model that the prefix names; empty for the T5 text encoder
 * @param layer the layer in that model, dotted or underscored, by whatever name
 * @param role what the tensor is to the layer
 */
record LoraKey(Optional<LoraTarget> target, String layer, Role role) {
    /** The names that trainers give to what a tensor is; each a regular expression for the end of a key. */
    enum Role {
        // PEFT with and without an adapter's name, kohya, diffusers before PEFT for transformers and for text encoders,
        // XLabs.
        A("lora_A(\\.[^.]+)?\\.weight", "lora_A", "(lora_down|lora\\.down|lora_linear_layer\\.down|down)\\.weight"),
        B("lora_B(\\.[^.]+)?\\.weight", "lora_B", "(lora_up|lora\\.up|lora_linear_layer\\.up|up)\\.weight"),
        /** PEFT's {@code lora_bias}. */
        B_BIAS("lora_B(\\.[^.]+)?\\.bias"),
        W1("lokr_w1(\\.[^.]+)?"),
        W1_A("lokr_w1_a(\\.[^.]+)?"),
        W1_B("lokr_w1_b(\\.[^.]+)?"),
        W2("lokr_w2(\\.[^.]+)?"),
        W2_A("lokr_w2_a(\\.[^.]+)?"),
        W2_B("lokr_w2_b(\\.[^.]+)?"),
        HADA_W1_A("hada_w1_a(\\.[^.]+)?"),
        HADA_W1_B("hada_w1_b(\\.[^.]+)?"),
        HADA_W2_A("hada_w2_a(\\.[^.]+)?"),
        HADA_W2_B("hada_w2_b(\\.[^.]+)?"),
        /** Middle factors: LoCon's, and Tucker's of LoKr and LoHa, for convolutions. */
        MIDDLE("lora_mid\\.weight", "lokr_t[12](\\.[^.]+)?", "hada_t[12](\\.[^.]+)?"),
        /** ComfyUI, and LyCORIS for norms. */
        DIFFERENCE("diff", "w_norm"),
        BIAS_DIFFERENCE("diff_b", "b_norm"),
        /** LyCORIS, kohya, OneTrainer. */
        DORA_SCALE("dora_scale"),
        /** PEFT. */
        MAGNITUDE("lora_magnitude_vector(\\.[^.]+)??(\\.weight)?"),
        ALPHA("alpha");

        private final Pattern pattern;

        Role(String... ends) {
            pattern = Pattern.compile(Stream.of(ends).collect(Collectors.joining("|", "(?<layer>.+?)\\.(?:", ")")));
        }
    }

    // Of text encoders: kohya and OneTrainer, diffusers, ComfyUI. Longer ones stand before those that they begin with;
    // kohya calls T5 te3, OneTrainer te2.
    private static final List<Prefix> TEXT_ENCODERS = List.of(
            new Prefix("lora_te2_", Optional.empty()),
            new Prefix("lora_te3_", Optional.empty()),
            new Prefix("lora_te_", Optional.of(LoraTarget.CLIP)),
            new Prefix("lora_te1_", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoder_2.", Optional.empty()),
            new Prefix("text_encoder.", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoders.clip_l.", Optional.of(LoraTarget.CLIP)),
            new Prefix("text_encoders.t5xxl.", Optional.empty()),
            new Prefix("clip_l.", Optional.of(LoraTarget.CLIP)),
            new Prefix("t5xxl.", Optional.empty()));

    // What stands before a layer's name in either model, in any order and number: kohya, OneTrainer and LyCORIS; PEFT;
    // ComfyUI; diffusers; torch.compile and data parallelism.
    private static final Pattern WRAPPERS = Pattern.compile(
            "^((lora_unet_|lora_transformer_|lycoris_|base_model\\.model\\.|"
                    + "(model\\.)?diffusion_model\\.|transformer\\.|unet\\.|text_model[._]|_orig_mod\\.|module\\.)_*)+");

    private record Prefix(String text, Optional<LoraTarget> target) {}

    /** Takes {@code name} apart; empty if it ends like nothing that an update is made of. */
    static Optional<LoraKey> of(String name) {
        for (Role role : Role.values()) {
            Matcher matcher = role.pattern.matcher(name);
            if (matcher.matches()) {
                return Optional.of(of(matcher.group("layer"), role));
            }
        }
        return Optional.empty();
    }

    private static LoraKey of(String path, Role role) {
        String layer = path.replaceFirst("^(base_model\\.model\\.)+", "");
        for (Prefix prefix : TEXT_ENCODERS) {
            if (layer.startsWith(prefix.text)) {
                return new LoraKey(prefix.target, bare(layer.substring(prefix.text.length())), role);
            }
        }
        return new LoraKey(Optional.of(LoraTarget.TRANSFORMER), bare(layer), role);
    }

    // Some files have one more underscore behind a layer's name.
    private static String bare(String layer) {
        return WRAPPERS.matcher(layer).replaceFirst("").replaceFirst("_+$", "");
    }
}
