package io.irscale.decode;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.StoredTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The autoencoder as Black Forest Labs first published it ({@code ae.safetensors}, names such as
 * {@code decoder.up.3.block.0.conv1.weight}), seen through the names that diffusers gives it. The mapping is that of
 * {@code convert_ldm_vae_checkpoint} in diffusers' {@code loaders/single_file_utils.py}.
 */
public final class OriginalVaeLayout {
    private static final String MARK = "decoder.mid.attn_1.q.weight";

    private static final String RESNET = "(norm1|conv1|norm2|conv2|nin_shortcut)";
    private static final Pattern ORIGINAL = Pattern.compile("((encoder|decoder)\\.(conv_in|conv_out|norm_out"
            + "|mid\\.block_[12]\\." + RESNET
            + "|mid\\.attn_1\\.(norm|q|k|v|proj_out))"
            + "|encoder\\.down\\.[0-9]\\.(block\\.[0-9]\\." + RESNET + "|downsample\\.conv)"
            + "|decoder\\.up\\.[0-9]\\.(block\\.[0-9]\\." + RESNET + "|upsample\\.conv)"
            + "|(post_)?quant_conv)\\.(weight|bias)");
    private static final Pattern UP = Pattern.compile("\\bup\\.([0-9])");

    /** Applied in turn, once each; none matches what an earlier one made. */
    private static final Map<Pattern, String> RENAMES = renames("""
            \\.norm_out\\.           .conv_norm_out.
            nin_shortcut            conv_shortcut
            down\\.([0-9])          down_blocks.$1
            \\.block\\.              .resnets.
            (down|up)sample\\.      $1samplers.0.
            mid\\.block_1           mid_block.resnets.0
            mid\\.block_2           mid_block.resnets.1
            attn_1\\.norm           attn_1.group_norm
            attn_1\\.([qkv])\\.      attn_1.to_$1.
            attn_1\\.proj_out       attn_1.to_out.0
            mid\\.attn_1            mid_block.attentions.0
            """);

    private OriginalVaeLayout() {}

    /** Whether {@code tensors} follow this layout, bare or under a prefix such as {@code first_stage_model.} or {@code vae.} */
    public static boolean matches(Map<String, StoredTensor> tensors) {
        return ReleasedTensors.find(tensors, MARK).isPresent();
    }

    /**
     * The tensors under diffusers' names, sharing the given bytes. The 1x1 convolutions of the attention become
     * matrices. Tensors that are not the autoencoder's are left out.
     *
     * @param tensors a checkpoint that {@link #matches}
     */
    public static Map<String, StoredTensor> toDiffusers(Map<String, StoredTensor> tensors) {
        ReleasedTensors released = released(tensors);
        int levels = released.count("decoder.up.");
        Map<String, StoredTensor> converted = new LinkedHashMap<>();
        released.tensors().forEach((name, tensor) -> {
            if (!ORIGINAL.matcher(name).matches()) {
                return;
            }
            boolean convolution = name.contains(".attn_1.") && tensor.shape().size() == 4;
            List<Long> shape = tensor.shape();
            StoredTensor reshaped = convolution ? tensor.reshape(shape.get(0), shape.get(1)) : tensor;
            String renamed = rename(name, levels);
            converted.put(renamed, reshaped.named(renamed));
        });
        return Collections.unmodifiableMap(converted);
    }

    /**
     * What diffusers' {@code vae/config.json} would say of {@code tensors}, under its keys, read off their shapes:
     * integers, numbers, booleans, and a list of integers. The scaling and shift of the latents are FLUX.1's (0.3611
     * and 0.1159; {@code util.py} of black-forest-labs/flux); the weights do not tell.
     *
     * @throws InvalidInputException if a tensor is missing, the latents have not FLUX.1's 16 channels, or a width
     *     cannot be shared among 32 groups
     */
    public static Map<String, Object> config(Map<String, StoredTensor> tensors) {
        ReleasedTensors released = released(tensors);
        List<Integer> widths = new ArrayList<>();
        for (int level = 0; level < released.count("decoder.up."); level++) {
            widths.add(released.size("decoder.up." + level + ".block.0.conv1.weight", 0));
        }
        int latentChannels = released.size("decoder.conv_in.weight", 1);
        if (latentChannels != 16 || widths.stream().anyMatch(width -> width % 32 != 0)) {
            throw new InvalidInputException(released.file() + ": has " + latentChannels + " latent channels and widths "
                    + widths + ", not FLUX.1's 16 and multiples of 32, so a config.json is needed beside it");
        }
        return Map.ofEntries(
                Map.entry("block_out_channels", List.copyOf(widths)),
                Map.entry("layers_per_block", released.count("decoder.up.0.block.") - 1),
                Map.entry("latent_channels", latentChannels),
                Map.entry("out_channels", released.size("decoder.conv_out.weight", 0)),
                Map.entry("norm_num_groups", 32),
                Map.entry("scaling_factor", 0.3611),
                Map.entry("shift_factor", 0.1159),
                Map.entry("use_quant_conv", released.tensors().containsKey("quant_conv.weight")),
                Map.entry("use_post_quant_conv", released.tensors().containsKey("post_quant_conv.weight")));
    }

    private static ReleasedTensors released(Map<String, StoredTensor> tensors) {
        return ReleasedTensors.find(tensors, MARK)
                .orElseThrow(() -> new InvalidInputException(
                        "the weights are not FLUX.1's autoencoder in its original layout: no tensor '" + MARK + "'"));
    }

    private static String rename(String name, int levels) {
        // diffusers counts the decoder's blocks in the order in which they run, the original by resolution.
        String renamed =
                UP.matcher(name).replaceFirst(level -> "up_blocks." + (levels - 1 - Integer.parseInt(level.group(1))));
        for (Map.Entry<Pattern, String> rename : RENAMES.entrySet()) {
            renamed = rename.getKey().matcher(renamed).replaceFirst(rename.getValue());
        }
        return renamed;
    }

    private static Map<Pattern, String> renames(String lines) {
        Map<Pattern, String> renames = new LinkedHashMap<>();
        lines.lines().map(line -> line.split("\\s+")).forEach(pair -> renames.put(Pattern.compile(pair[0]), pair[1]));
        return renames;
    }
}
