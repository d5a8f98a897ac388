package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A CLIP as open_clip stores it (names such as {@code visual.transformer.resblocks.0.attn.in_proj_weight}; modules in
 * its {@code model.py} and {@code transformer.py}), seen through the names that transformers gives it.
 */
final class OpenClipLayout {
    private static final List<Map.Entry<String, String>> BLOCK = List.of(
            Map.entry("ln_1", "layer_norm1"),
            Map.entry("attn.out_proj", "self_attn.out_proj"),
            Map.entry("ln_2", "layer_norm2"),
            Map.entry("mlp.c_fc", "mlp.fc1"),
            Map.entry("mlp.c_proj", "mlp.fc2"));

    private final Map<String, StoredTensor> rest = new LinkedHashMap<>();
    private final Map<String, StoredTensor> converted = new LinkedHashMap<>();
    private final Arena arena;
    private final Path file;

    private OpenClipLayout(Map<String, StoredTensor> tensors, Arena arena) {
        this.arena = arena;
        file = tensors.values().iterator().next().file();
        // A CustomTextCLIP differs by this prefix alone.
        tensors.forEach((name, tensor) -> rest.put(name.startsWith("text.") ? name.substring(5) : name, tensor));
    }

    /** Whether {@code tensors} follow this layout, be it a CLIP that irscale has or not. */
    static boolean matches(Map<String, StoredTensor> tensors) {
        return tensors.keySet().stream().anyMatch(name -> name.startsWith("visual."));
    }

    /**
     * The tensors under transformers' names. They share the given bytes, but for the two projections, which are
     * transposed.
     *
     * @param tensors a checkpoint that {@link #matches}
     * @param arena where the copies go; it must outlive the result
     * @throws InvalidInputException if a tensor is missing or of a shape that cannot be split
     */
    static Map<String, StoredTensor> toTransformers(Map<String, StoredTensor> tensors, Arena arena) {
        OpenClipLayout layout = new OpenClipLayout(tensors, arena);
        layout.text();
        layout.image();
        if (layout.rest.containsKey("logit_scale")) {
            layout.move("logit_scale", "logit_scale", scale -> scale.reshape());
        }
        return Collections.unmodifiableMap(layout.converted);
    }

    private void text() {
        move("token_embedding.weight", "text_model.embeddings.token_embedding.weight");
        move("positional_embedding", "text_model.embeddings.position_embedding.weight");
        blocks("transformer.resblocks.", "text_model.encoder.layers.");
        both("ln_final", "text_model.final_layer_norm");
        move("text_projection", "text_projection.weight", matrix -> matrix.transpose(arena));
    }

    private void image() {
        move("visual.class_embedding", "vision_model.embeddings.class_embedding");
        move("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight");
        move("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight");
        both("visual.ln_pre", "vision_model.pre_layrnorm");
        blocks("visual.transformer.resblocks.", "vision_model.encoder.layers.");
        both("visual.ln_post", "vision_model.post_layernorm");
        move("visual.proj", "visual_projection.weight", matrix -> matrix.transpose(arena));
    }

    private void blocks(String from, String to) {
        for (int i = 0; rest.containsKey(from + i + ".ln_1.weight"); i++) {
            String block = from + i + ".";
            String layer = to + i + ".";
            BLOCK.forEach(module -> both(block + module.getKey(), layer + module.getValue()));
            split(block + "attn.in_proj_weight", layer + "self_attn.%s_proj.weight");
            split(block + "attn.in_proj_bias", layer + "self_attn.%s_proj.bias");
        }
    }

    /** Query, key and value have a third of the rows each. */
    private void split(String name, String pattern) {
        StoredTensor fused = take(name);
        long rows = fused.shape().isEmpty() ? 0 : fused.shape().getFirst();
        if (rows % 3 != 0) {
            throw new InvalidInputException(
                    file + ": tensor '" + name + "' of shape " + fused.shape() + " must have three equal parts");
        }
        for (String part : List.of("q", "k", "v")) {
            long start = rows / 3 * "qkv".indexOf(part);
            put(pattern.formatted(part), fused.rows(start, start + rows / 3));
        }
    }

    private void both(String from, String to) {
        move(from + ".weight", to + ".weight");
        move(from + ".bias", to + ".bias");
    }

    private void move(String from, String to) {
        put(to, take(from));
    }

    private void move(String from, String to, UnaryOperator<StoredTensor> change) {
        put(to, change.apply(take(from)));
    }

    private StoredTensor take(String name) {
        StoredTensor tensor = rest.remove(name);
        if (tensor == null) {
            throw new InvalidInputException(file + ": tensor '" + name + "' is missing");
        }
        return tensor;
    }

    private void put(String name, StoredTensor tensor) {
        converted.put(name, tensor.named(name));
    }
}
