package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The transformer as Black Forest Labs first published it ({@code flux1-*.safetensors}, names such as
 * {@code double_blocks.0.img_attn.qkv.weight}), seen through the names that diffusers gives it. The mapping is that of
 * {@code convert_flux_transformer_checkpoint_to_diffusers} in diffusers' {@code loaders/single_file_utils.py}.
 */
public final class OriginalFluxLayout {
    private static final String MARK = "double_blocks.0.img_attn.norm.key_norm.scale";

    private final Path file;
    private final Map<String, StoredTensor> rest;
    private final Map<String, StoredTensor> converted = new LinkedHashMap<>();

    private OriginalFluxLayout(ReleasedTensors released) {
        file = released.file();
        rest = new LinkedHashMap<>(released.tensors());
    }

    /** Whether {@code tensors} follow this layout, bare or under a prefix such as {@code model.diffusion_model.} */
    public static boolean matches(Map<String, StoredTensor> tensors) {
        return ReleasedTensors.find(tensors, MARK).isPresent();
    }

    /**
     * The tensors under diffusers' names. Fused projections are split into slices that share the given bytes; only
     * {@code norm_out.linear}, whose halves diffusers swaps, is copied. Tensors that are not the transformer's are left
     * out.
     *
     * @param tensors a checkpoint that {@link #matches}
     * @param arena where the copy goes; it must outlive the result
     * @throws InvalidInputException if a tensor is missing or of a shape that cannot be split
     */
    public static Map<String, StoredTensor> toDiffusers(Map<String, StoredTensor> tensors, Arena arena) {
        ReleasedTensors released = released(tensors);
        OriginalFluxLayout layout = new OriginalFluxLayout(released);
        layout.convert(released, arena);
        return Collections.unmodifiableMap(layout.converted);
    }

    /**
     * What diffusers' {@code transformer/config.json} would say of {@code tensors}, under its keys, read off their
     * shapes: integers, a boolean, and a list of integers.
     *
     * @throws InvalidInputException if a tensor is missing, or the heads are not 128 wide: how RoPE shares out another
     *     width among its axes cannot be told from the weights
     */
    public static Map<String, Object> config(Map<String, StoredTensor> tensors) {
        ReleasedTensors released = released(tensors);
        int width = released.size("img_in.weight", 0);
        int headDim = released.size(MARK, 0);
        if (headDim != 128 || width % headDim != 0) {
            throw new InvalidInputException(released.file() + ": has heads of " + headDim + " in a width of " + width
                    + ", not FLUX.1's heads of 128, so a config.json is needed beside it");
        }
        return Map.ofEntries(
                Map.entry("num_layers", released.count("double_blocks.")),
                Map.entry("num_single_layers", released.count("single_blocks.")),
                Map.entry("attention_head_dim", headDim),
                Map.entry("num_attention_heads", width / headDim),
                Map.entry("patch_size", 1),
                Map.entry("in_channels", released.size("img_in.weight", 1)),
                Map.entry("out_channels", released.size("final_layer.linear.weight", 0)),
                Map.entry("joint_attention_dim", released.size("txt_in.weight", 1)),
                Map.entry("pooled_projection_dim", released.size("vector_in.in_layer.weight", 1)),
                Map.entry("guidance_embeds", hasGuidance(released)),
                Map.entry("axes_dims_rope", List.of(16, 56, 56)));
    }

    private static ReleasedTensors released(Map<String, StoredTensor> tensors) {
        return ReleasedTensors.find(tensors, MARK)
                .orElseThrow(() -> new InvalidInputException(
                        "the weights are not FLUX.1's transformer in its original layout: no tensor '" + MARK + "'"));
    }

    private static boolean hasGuidance(ReleasedTensors released) {
        return released.count("guidance_in.") > 0;
    }

    private void convert(ReleasedTensors released, Arena arena) {
        int width = released.size("img_in.weight", 0);
        OriginalFluxNames.all(released.count("double_blocks."), released.count("single_blocks."), hasGuidance(released))
                .forEach(rename -> rename.tensors().forEach(tensor -> convert(tensor, width)));
        for (String kind : List.of(".weight", ".bias")) {
            put(
                    OriginalFluxNames.NORM_OUT + kind,
                    take(OriginalFluxNames.MODULATION_OUT + kind).swapHalves(arena));
        }
    }

    private void convert(OriginalFluxNames.Rename rename, int width) {
        StoredTensor tensor = take(rename.original());
        if (rename.diffusers().size() == 1) {
            put(rename.diffusers().getFirst(), tensor);
        } else {
            split(tensor, rename.diffusers(), width);
        }
    }

    /**
     * Query, key and value have {@code width} rows each; the MLP fused to them in single blocks has four times that.
     */
    private void split(StoredTensor fused, List<String> names, int width) {
        long row = 0;
        for (String name : names) {
            long end = row + (name.contains("proj_mlp") ? 4L : 1L) * width;
            put(name, fused.rows(row, end));
            row = end;
        }
        if (row != fused.shape().getFirst()) {
            throw new InvalidInputException(
                    file + ": tensor '" + fused.name() + "' of shape " + fused.shape() + " must have " + row + " rows");
        }
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
