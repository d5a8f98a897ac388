package io.irscale.text;

import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.ModelClass;
import io.irscale.tensor.ReleasedTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * Sizes of a T5 v1.1 encoder, from {@code config.json} (transformers {@code configuration_t5.py}).
 *
 * @param width {@code d_model}
 * @param key {@code d_kv}, width of a head
 * @param heads attention heads
 * @param mlp {@code d_ff}
 * @param layers encoder blocks
 * @param vocabulary rows of the embedding
 * @param buckets {@code relative_attention_num_buckets}
 * @param maxDistance {@code relative_attention_max_distance}
 * @param eps of the norms
 */
public record T5Config(
        int width, int key, int heads, int mlp, int layers, int vocabulary, int buckets, int maxDistance, double eps) {

    /** What a pipeline's {@code text_encoder_2} has to be: a T5 or mT5, whole or its encoder. UMT5 has other biases. */
    public static final ModelClass CLASS = ModelClass.ofTransformers(
            "T5EncoderModel", "(?!.*(UMT5|LongT5|SwitchT5|T5Gemma)).*T5.*", Set.of("t5", "mt5"));

    /** Reads a configuration; only the gated GELU of v1.1 is known, and another model's is refused by its class. */
    public static T5Config of(JsonConfig config) {
        CLASS.require(config);
        String activation = config.text("feed_forward_proj", "relu");
        if (!activation.equals("gated-gelu")) {
            throw config.wrong("feed_forward_proj", activation, "gated-gelu");
        }
        return new T5Config(
                config.size("d_model", 512),
                config.size("d_kv", 64),
                config.count("num_heads", 8),
                config.size("d_ff", 2048),
                config.count("num_layers", 6),
                config.size("vocab_size", 32128),
                config.size("relative_attention_num_buckets", 32),
                config.size("relative_attention_max_distance", 128),
                config.number("layer_norm_epsilon", 1e-6));
    }

    /** The sizes that the tensors of a v1.1 encoder have; what they do not tell is as in every published one. */
    static T5Config of(ReleasedTensors released) {
        String block = "encoder.block.0.layer.";
        String bias = block + "0.SelfAttention.relative_attention_bias.weight";
        int heads = released.size(bias, 1);
        return new T5Config(
                released.size(block + "0.SelfAttention.q.weight", 1),
                released.size(block + "0.SelfAttention.q.weight", 0) / heads,
                heads,
                released.size(block + "1.DenseReluDense.wi_0.weight", 0),
                released.count("encoder.block."),
                released.size(
                        released.tensors().containsKey("shared.weight")
                                ? "shared.weight"
                                : "encoder.embed_tokens.weight",
                        0),
                released.size(bias, 0),
                128,
                1e-6);
    }

    MemorySegment struct(Arena arena) {
        return new Struct(arena, NativeStructs.T5_CONFIG)
                .set("width", width)
                .set("key", key)
                .set("heads", heads)
                .set("mlp", mlp)
                .set("layers", layers)
                .set("vocabulary", vocabulary)
                .set("buckets", buckets)
                .set("max_distance", maxDistance)
                .set("eps", eps)
                .memory();
    }
}
