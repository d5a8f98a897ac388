package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The transformer as Black Forest Labs first published it ({@code flux1-*.safetensors}, names such as
 * {@code double_blocks.0.img_attn.qkv.weight}), seen through the names that diffusers gives it. The mapping is that of
 * {@code convert_flux_transformer_checkpoint_to_diffusers} in diffusers' {@code loaders/single_file_utils.py}.
 */
public final class OriginalFluxLayout {
    private static final List<String> PREFIXES = List.of("", "model.diffusion_model.");
    private static final String MARK = "double_blocks.0.img_attn.norm.key_norm.scale";

    private static final List<Rename> EMBEDDERS = table("""
            img_in.*                       x_embedder.*
            txt_in.*                       context_embedder.*
            time_in.in_layer.*             time_text_embed.timestep_embedder.linear_1.*
            time_in.out_layer.*            time_text_embed.timestep_embedder.linear_2.*
            vector_in.in_layer.*           time_text_embed.text_embedder.linear_1.*
            vector_in.out_layer.*          time_text_embed.text_embedder.linear_2.*
            final_layer.linear.*           proj_out.*
            """);
    private static final List<Rename> GUIDANCE = table("""
            guidance_in.in_layer.*         time_text_embed.guidance_embedder.linear_1.*
            guidance_in.out_layer.*        time_text_embed.guidance_embedder.linear_2.*
            """);
    private static final List<Rename> DOUBLE_BLOCK = table("""
            img_mod.lin.*                  norm1.linear.*
            txt_mod.lin.*                  norm1_context.linear.*
            img_attn.qkv.*                 attn.to_q.* attn.to_k.* attn.to_v.*
            txt_attn.qkv.*                 attn.add_q_proj.* attn.add_k_proj.* attn.add_v_proj.*
            img_attn.norm.query_norm.scale attn.norm_q.weight
            img_attn.norm.key_norm.scale   attn.norm_k.weight
            txt_attn.norm.query_norm.scale attn.norm_added_q.weight
            txt_attn.norm.key_norm.scale   attn.norm_added_k.weight
            img_attn.proj.*                attn.to_out.0.*
            txt_attn.proj.*                attn.to_add_out.*
            img_mlp.0.*                    ff.net.0.proj.*
            img_mlp.2.*                    ff.net.2.*
            txt_mlp.0.*                    ff_context.net.0.proj.*
            txt_mlp.2.*                    ff_context.net.2.*
            """);
    private static final List<Rename> SINGLE_BLOCK = table("""
            modulation.lin.*               norm.linear.*
            linear1.*                      attn.to_q.* attn.to_k.* attn.to_v.* proj_mlp.*
            norm.query_norm.scale          attn.norm_q.weight
            norm.key_norm.scale            attn.norm_k.weight
            linear2.*                      proj_out.*
            """);

    /** One tensor and what it becomes; several names share out its rows. */
    private record Rename(String original, List<String> diffusers) {}

    private final Path file;
    private final Map<String, StoredTensor> rest;
    private final Map<String, StoredTensor> converted = new LinkedHashMap<>();

    private OriginalFluxLayout(ReleasedTensors released) {
        file = released.file();
        rest = new LinkedHashMap<>(released.tensors());
    }

    /** Whether {@code tensors} follow this layout, with or without the prefix {@code model.diffusion_model.} */
    public static boolean matches(Map<String, StoredTensor> tensors) {
        return ReleasedTensors.find(tensors, MARK, PREFIXES).isPresent();
    }

    /**
     * The tensors under diffusers' names. Fused projections are split into slices that share the given bytes; only
     * {@code norm_out.linear}, whose halves diffusers swaps, is copied.
     *
     * @param tensors a checkpoint that {@link #matches}; tensors beside the prefix, where it is used, are ignored
     * @param arena where the copy goes; it must outlive the result
     * @throws InvalidInputException if a tensor is missing, unknown or of a shape that cannot be split
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
        return ReleasedTensors.find(tensors, MARK, PREFIXES)
                .orElseThrow(() -> new InvalidInputException(
                        "the weights are not FLUX.1's transformer in its original layout: no tensor '" + MARK + "'"));
    }

    private static boolean hasGuidance(ReleasedTensors released) {
        return released.count("guidance_in.") > 0;
    }

    private void convert(ReleasedTensors released, Arena arena) {
        int width = released.size("img_in.weight", 0);
        rename("", EMBEDDERS, "", width);
        rename("", hasGuidance(released) ? GUIDANCE : List.of(), "", width);
        for (int i = 0; i < released.count("double_blocks."); i++) {
            rename("double_blocks." + i + ".", DOUBLE_BLOCK, "transformer_blocks." + i + ".", width);
        }
        for (int i = 0; i < released.count("single_blocks."); i++) {
            rename("single_blocks." + i + ".", SINGLE_BLOCK, "single_transformer_blocks." + i + ".", width);
        }
        for (String kind : List.of("weight", "bias")) {
            put("norm_out.linear." + kind, swapHalves(take("final_layer.adaLN_modulation.1." + kind), arena));
        }
        if (!rest.isEmpty()) {
            throw new InvalidInputException(
                    file + ": tensor '" + rest.keySet().iterator().next() + "' has no place in FLUX.1's transformer");
        }
    }

    private void rename(String from, List<Rename> renames, String to, int width) {
        for (Rename rename : renames) {
            StoredTensor tensor = take(from + rename.original);
            if (rename.diffusers.size() == 1) {
                put(to + rename.diffusers.getFirst(), tensor);
            } else {
                split(tensor, to, rename.diffusers, width);
            }
        }
    }

    /**
     * Query, key and value have {@code width} rows each; the MLP fused to them in single blocks has four times that.
     */
    private void split(StoredTensor fused, String to, List<String> names, int width) {
        long row = 0;
        for (String name : names) {
            long end = row + (name.startsWith("proj_mlp") ? 4L : 1L) * width;
            put(to + name, fused.rows(row, end));
            row = end;
        }
        if (row != fused.shape().getFirst()) {
            throw new InvalidInputException(
                    file + ": tensor '" + fused.name() + "' of shape " + fused.shape() + " must have " + row + " rows");
        }
    }

    /** The original holds (shift, scale), diffusers (scale, shift). */
    private static StoredTensor swapHalves(StoredTensor tensor, Arena arena) {
        if (tensor.shape().isEmpty() || tensor.shape().getFirst() % 2 != 0) {
            throw new InvalidInputException(tensor.file() + ": tensor '" + tensor.name() + "' of shape "
                    + tensor.shape() + " must have an even number of rows");
        }
        MemorySegment from = tensor.data();
        long half = from.byteSize() / 2;
        MemorySegment to = arena.allocate(from.byteSize(), Long.BYTES);
        MemorySegment.copy(from, half, to, 0, half);
        MemorySegment.copy(from, 0, to, half, half);
        return new StoredTensor(tensor.name(), tensor.dtype(), tensor.shape(), to.asReadOnly(), tensor.file());
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

    /** Parses one rename a line; {@code *} stands for weight and bias in turn. */
    private static List<Rename> table(String lines) {
        return lines.lines()
                .flatMap(line -> line.contains("*")
                        ? Stream.of(line.replace("*", "weight"), line.replace("*", "bias"))
                        : Stream.of(line))
                .map(line -> Arrays.asList(line.split("\\s+")))
                .map(names -> new Rename(names.getFirst(), List.copyOf(names.subList(1, names.size()))))
                .toList();
    }
}
