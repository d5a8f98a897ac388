package io.irscale.denoise;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the transformer's parts are called by Black Forest Labs and by diffusers: the one table behind checkpoints and
 * LoRAs in the original layout. It is that of {@code convert_flux_transformer_checkpoint_to_diffusers} in diffusers'
 * {@code loaders/single_file_utils.py}.
 */
final class OriginalFluxNames {
    /**
     * The final modulation, which no rename can express: the original holds (shift, scale), diffusers'
     * {@link #NORM_OUT} (scale, shift).
     */
    static final String MODULATION_OUT = "final_layer.adaLN_modulation.1";

    /** What diffusers calls {@link #MODULATION_OUT}. */
    static final String NORM_OUT = "norm_out.linear";

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

    /**
     * One part and what it becomes; several names share out its rows.
     *
     * @param linear whether these are linear layers, each with a weight and a bias, or else single tensors
     */
    record Rename(String original, List<String> diffusers, boolean linear) {
        /** The same for the tensors of the part. */
        Stream<Rename> tensors() {
            return linear ? Stream.of(".weight", ".bias").map(this::plus) : Stream.of(this);
        }

        private Rename plus(String kind) {
            return new Rename(
                    original + kind, diffusers.stream().map(name -> name + kind).toList(), false);
        }

        private Rename under(String from, String to) {
            return new Rename(
                    from + original, diffusers.stream().map(name -> to + name).toList(), linear);
        }
    }

    private OriginalFluxNames() {}

    /** Every part of a transformer but {@link #MODULATION_OUT}. */
    static Stream<Rename> all(int layers, int singleLayers, boolean guidance) {
        return Stream.of(
                        EMBEDDERS.stream(),
                        guidance ? GUIDANCE.stream() : Stream.<Rename>empty(),
                        blocks(layers, DOUBLE_BLOCK, "double_blocks.", "transformer_blocks."),
                        blocks(singleLayers, SINGLE_BLOCK, "single_blocks.", "single_transformer_blocks."))
                .flatMap(renames -> renames);
    }

    private static Stream<Rename> blocks(int count, List<Rename> block, String from, String to) {
        return IntStream.range(0, count)
                .boxed()
                .flatMap(i -> block.stream().map(rename -> rename.under(from + i + ".", to + i + ".")));
    }

    /** Parses one rename a line; {@code .*} marks linear layers. */
    private static List<Rename> table(String lines) {
        return lines.lines()
                .map(line -> {
                    List<String> names = List.of(line.replace(".*", "").split("\\s+"));
                    return new Rename(names.getFirst(), names.subList(1, names.size()), line.contains(".*"));
                })
                .toList();
    }
}
