package io.irscale.inspect;

import io.irscale.decode.VaeConfig;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.lora.LoraModules;
import io.irscale.tensor.StoredTensor;
import io.irscale.text.ClipConfig;
import io.irscale.text.T5Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names and shapes that the native models ask for, by their configurations. */
final class ExpectedTensors {
    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

    private ExpectedTensors() {}

    static ExpectedTensors flux(FluxConfig config) {
        ExpectedTensors expected = new ExpectedTensors();
        LoraModules modules = FluxLoraNames.modules(config);
        modules.shapes().forEach((name, shape) -> expected.linear(name, shape.out(), shape.in()));
        modules.norms().forEach((name, norm) -> expected.vector(name + ".weight", norm.width()));
        return expected;
    }

    static ExpectedTensors t5(T5Config config, boolean shared) {
        ExpectedTensors expected = new ExpectedTensors();
        long width = config.width();
        long inner = (long) config.heads() * config.key();
        expected.matrix(shared ? "shared.weight" : "encoder.embed_tokens.weight", config.vocabulary(), width);
        expected.matrix(
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                config.buckets(),
                config.heads());
        for (int i = 0; i < config.layers(); i++) {
            String layer = "encoder.block." + i + ".layer.";
            for (String name : List.of("q", "k", "v")) {
                expected.matrix(layer + "0.SelfAttention." + name + ".weight", inner, width);
            }
            expected.matrix(layer + "0.SelfAttention.o.weight", width, inner);
            expected.matrix(layer + "1.DenseReluDense.wi_0.weight", config.mlp(), width);
            expected.matrix(layer + "1.DenseReluDense.wi_1.weight", config.mlp(), width);
            expected.matrix(layer + "1.DenseReluDense.wo.weight", width, config.mlp());
            expected.vector(layer + "0.layer_norm.weight", width);
            expected.vector(layer + "1.layer_norm.weight", width);
        }
        expected.vector("encoder.final_layer_norm.weight", width);
        return expected;
    }

    /** @param prefix of the text tower's names */
    static ExpectedTensors clip(ClipConfig config, String prefix) {
        ExpectedTensors expected = new ExpectedTensors();
        long width = config.text().width();
        expected.matrix(prefix + "embeddings.token_embedding.weight", config.vocabulary(), width);
        expected.matrix(prefix + "embeddings.position_embedding.weight", config.positions(), width);
        expected.tower(prefix, config.text());
        expected.norm(prefix + "final_layer_norm", width);
        config.image().ifPresent(tower -> expected.image(config, tower));
        return expected;
    }

    private void image(ClipConfig config, ClipConfig.Tower tower) {
        long width = tower.width();
        long side = config.imageSize() / config.patchSize();
        String prefix = "vision_model.";
        vector(prefix + "embeddings.class_embedding", width);
        shapes.put(
                prefix + "embeddings.patch_embedding.weight",
                List.of(width, (long) config.imageChannels(), (long) config.patchSize(), (long) config.patchSize()));
        matrix(prefix + "embeddings.position_embedding.weight", side * side + 1, width);
        norm(prefix + "pre_layrnorm", width);
        tower(prefix, tower);
        norm(prefix + "post_layernorm", width);
        matrix("text_projection.weight", config.projection(), config.text().width());
        matrix("visual_projection.weight", config.projection(), width);
    }

    private void tower(String prefix, ClipConfig.Tower tower) {
        long width = tower.width();
        for (int i = 0; i < tower.layers(); i++) {
            String layer = prefix + "encoder.layers." + i + ".";
            for (String name : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                linear(layer + "self_attn." + name, width, width);
            }
            linear(layer + "mlp.fc1", tower.mlp(), width);
            linear(layer + "mlp.fc2", width, tower.mlp());
            norm(layer + "layer_norm1", width);
            norm(layer + "layer_norm2", width);
        }
    }

    static ExpectedTensors vae(VaeConfig config) {
        ExpectedTensors expected = new ExpectedTensors();
        List<Integer> channels = config.channels();
        long last = channels.getLast();
        long latent = config.latentChannels();
        expected.conv("encoder.conv_in", channels.getFirst(), config.inChannels(), 3);
        expected.conv("encoder.conv_out", 2 * latent, last, 3);
        expected.norm("encoder.conv_norm_out", last);
        expected.conv("decoder.conv_in", last, latent, 3);
        expected.conv("decoder.conv_out", config.outChannels(), channels.getFirst(), 3);
        expected.norm("decoder.conv_norm_out", channels.getFirst());
        long down = channels.getFirst();
        long up = last;
        for (int i = 0; i < channels.size(); i++) {
            down = expected.level("encoder.down_blocks." + i, down, channels.get(i), config.layersPerBlock());
            up = expected.level(
                    "decoder.up_blocks." + i, up, channels.get(channels.size() - 1 - i), config.layersPerBlock() + 1);
            if (i + 1 < channels.size()) {
                expected.conv("encoder.down_blocks." + i + ".downsamplers.0.conv", down, down, 3);
                expected.conv("decoder.up_blocks." + i + ".upsamplers.0.conv", up, up, 3);
            }
        }
        for (String half : List.of("encoder", "decoder")) {
            expected.level(half + ".mid_block", last, last, 2);
            if (config.midAttention()) {
                String attention = half + ".mid_block.attentions.0.";
                expected.norm(attention + "group_norm", last);
                for (String name : List.of("to_q", "to_k", "to_v", "to_out.0")) {
                    expected.linear(attention + name, last, last);
                }
            }
        }
        if (config.quantConv()) {
            expected.conv("quant_conv", 2 * latent, 2 * latent, 1);
        }
        if (config.postQuantConv()) {
            expected.conv("post_quant_conv", latent, latent, 1);
        }
        return expected;
    }

    /** The resnets of a block; gives the width that they end in. */
    private long level(String block, long in, long out, int resnets) {
        long width = in;
        for (int i = 0; i < resnets; i++) {
            String resnet = block + ".resnets." + i + ".";
            norm(resnet + "norm1", width);
            conv(resnet + "conv1", out, width, 3);
            norm(resnet + "norm2", out);
            conv(resnet + "conv2", out, out, 3);
            if (width != out) {
                conv(resnet + "conv_shortcut", out, width, 1);
            }
            width = out;
        }
        return width;
    }

    private void linear(String name, long out, long in) {
        matrix(name + ".weight", out, in);
        vector(name + ".bias", out);
    }

    private void norm(String name, long width) {
        vector(name + ".weight", width);
        vector(name + ".bias", width);
    }

    private void conv(String name, long out, long in, long kernel) {
        shapes.put(name + ".weight", List.of(out, in, kernel, kernel));
        vector(name + ".bias", out);
    }

    private void matrix(String name, long out, long in) {
        shapes.put(name, List.of(out, in));
    }

    private void vector(String name, long width) {
        shapes.put(name, List.of(width));
    }

    /** The names and shapes. */
    Map<String, List<Long>> shapes() {
        return shapes;
    }

    /** What {@code tensors} lack, each in a few words; few of many. */
    List<String> problems(Map<String, StoredTensor> tensors) {
        List<String> missing = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            StoredTensor tensor = tensors.get(name);
            if (tensor == null) {
                missing.add(name);
            } else if (!tensor.shape().equals(shape)) {
                wrong.add(name + " has shape " + tensor.shape() + ", expected " + shape);
            } else if (tensor.quantization().isEmpty() && !tensor.dtype().isFloat()) {
                wrong.add(name + " is " + tensor.dtype() + ", expected a floating-point dtype");
            }
        });
        List<String> problems = new ArrayList<>();
        few("missing", missing, problems);
        few("wrong", wrong, problems);
        return problems;
    }

    private static void few(String label, List<String> names, List<String> problems) {
        if (!names.isEmpty()) {
            int shown = Math.min(3, names.size());
            problems.add(names.size() + " " + label + ": " + String.join(", ", names.subList(0, shown))
                    + (names.size() > shown ? " and " + (names.size() - shown) + " more" : ""));
        }
    }
}
