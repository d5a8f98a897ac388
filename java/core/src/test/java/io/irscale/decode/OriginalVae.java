package io.irscale.decode;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.StoredTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The golden autoencoder in the original layout, by the inverse of what diffusers' converter does. */
public final class OriginalVae {
    private OriginalVae() {}

    /** The tensors, living in {@code golden}. */
    public static Map<String, StoredTensor> of(Checkpoint golden) {
        Map<String, StoredTensor> original = new LinkedHashMap<>();
        golden.tensors().forEach((name, tensor) -> {
            StoredTensor shaped = tensor;
            String[] parts = name.split("\\.", -1);
            if (parts[1].equals("mid_block")
                    && parts[2].equals("attentions")
                    && tensor.shape().size() == 2) {
                shaped = tensor.reshape(tensor.shape().get(0), tensor.shape().get(1), 1, 1);
            }
            String renamed = originalName(parts);
            original.put(renamed, shaped.named(renamed));
        });
        return original;
    }

    /** {@code parts}: such as encoder, down_blocks, 0, resnets, 1, conv1, weight. */
    private static String originalName(String[] parts) {
        String leaf = parts[parts.length - 1];
        String module = parts[0] + ".";
        switch (parts[1]) {
            case "conv_in", "conv_out" -> module += parts[1];
            case "conv_norm_out" -> module += "norm_out";
            case "mid_block" -> {
                if (parts[2].equals("resnets")) {
                    module += "mid.block_" + (Integer.parseInt(parts[3]) + 1) + "." + parts[4];
                } else {
                    Map<String, String> names =
                            Map.of("group_norm", "norm", "to_q", "q", "to_k", "k", "to_v", "v", "to_out", "proj_out");
                    module += "mid.attn_1." + names.get(parts[4]);
                }
            }
            default -> {
                boolean down = parts[1].equals("down_blocks");
                int level = Integer.parseInt(parts[2]);
                module += down ? "down." + level + "." : "up." + (3 - level) + ".";
                if (parts[3].equals("resnets")) {
                    module +=
                            "block." + parts[4] + "." + (parts[5].equals("conv_shortcut") ? "nin_shortcut" : parts[5]);
                } else {
                    module += (down ? "downsample" : "upsample") + ".conv";
                }
            }
        }
        return module + "." + leaf;
    }
}
