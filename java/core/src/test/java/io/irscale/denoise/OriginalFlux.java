package io.irscale.denoise;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The golden transformer in the original layout, by the inverse of what diffusers' converter does. */
public final class OriginalFlux {
    private final Checkpoint golden;
    private final Arena arena;
    private final Path file;
    private final Map<String, StoredTensor> original = new LinkedHashMap<>();

    private OriginalFlux(Checkpoint golden, Arena arena, Path file) {
        this.golden = golden;
        this.arena = arena;
        this.file = file;
    }

    /** The tensors of {@code file}, living in {@code golden} and {@code arena}. */
    public static Map<String, StoredTensor> of(Checkpoint golden, Arena arena, Path file) {
        OriginalFlux flux = new OriginalFlux(golden, arena, file);
        flux.invert();
        return flux.original;
    }

    private void invert() {
        both("img_in", "x_embedder");
        both("txt_in", "context_embedder");
        for (String[] names : new String[][] {{"time", "timestep"}, {"vector", "text"}, {"guidance", "guidance"}}) {
            both(names[0] + "_in.in_layer", "time_text_embed." + names[1] + "_embedder.linear_1");
            both(names[0] + "_in.out_layer", "time_text_embed." + names[1] + "_embedder.linear_2");
        }
        for (int i = 0; i < 2; i++) {
            doubleBlock("double_blocks." + i + ".", "transformer_blocks." + i + ".");
            singleBlock("single_blocks." + i + ".", "single_transformer_blocks." + i + ".");
        }
        both("final_layer.linear", "proj_out");
        for (String kind : List.of(".weight", ".bias")) {
            StoredTensor scaleShift = golden.tensor("norm_out.linear" + kind);
            fuse("final_layer.adaLN_modulation.1" + kind, List.of(scaleShift.rows(64, 128), scaleShift.rows(0, 64)));
        }
    }

    private void doubleBlock(String to, String from) {
        for (String[] names : new String[][] {{"img", ""}, {"txt", "_context"}}) {
            both(to + names[0] + "_mod.lin", from + "norm1" + names[1] + ".linear");
            both(to + names[0] + "_mlp.0", from + "ff" + names[1] + ".net.0.proj");
            both(to + names[0] + "_mlp.2", from + "ff" + names[1] + ".net.2");
        }
        both(to + "img_attn.proj", from + "attn.to_out.0");
        both(to + "txt_attn.proj", from + "attn.to_add_out");
        fused(to + "img_attn.qkv", from, "attn.to_q", "attn.to_k", "attn.to_v");
        fused(to + "txt_attn.qkv", from, "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj");
        one(to + "img_attn.norm.query_norm.scale", from + "attn.norm_q.weight");
        one(to + "img_attn.norm.key_norm.scale", from + "attn.norm_k.weight");
        one(to + "txt_attn.norm.query_norm.scale", from + "attn.norm_added_q.weight");
        one(to + "txt_attn.norm.key_norm.scale", from + "attn.norm_added_k.weight");
    }

    private void singleBlock(String to, String from) {
        both(to + "modulation.lin", from + "norm.linear");
        both(to + "linear2", from + "proj_out");
        fused(to + "linear1", from, "attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp");
        one(to + "norm.query_norm.scale", from + "attn.norm_q.weight");
        one(to + "norm.key_norm.scale", from + "attn.norm_k.weight");
    }

    private void both(String to, String from) {
        one(to + ".weight", from + ".weight");
        one(to + ".bias", from + ".bias");
    }

    private void one(String to, String from) {
        original.put(to, golden.tensor(from).named(to));
    }

    private void fused(String to, String from, String... parts) {
        for (String kind : List.of(".weight", ".bias")) {
            fuse(
                    to + kind,
                    Arrays.stream(parts)
                            .map(part -> golden.tensor(from + part + kind))
                            .toList());
        }
    }

    private void fuse(String to, List<StoredTensor> parts) {
        long bytes = parts.stream().mapToLong(part -> part.data().byteSize()).sum();
        long rows = parts.stream().mapToLong(part -> part.shape().getFirst()).sum();
        MemorySegment data = arena.allocate(bytes);
        long at = 0;
        for (StoredTensor part : parts) {
            MemorySegment.copy(part.data(), 0, data, at, part.data().byteSize());
            at += part.data().byteSize();
        }
        List<Long> shape = parts.getFirst().shape().size() == 1
                ? List.of(rows)
                : List.of(rows, parts.getFirst().shape().get(1));
        original.put(to, new StoredTensor(to, DType.BF16, shape, data, file));
    }
}
