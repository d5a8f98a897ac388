package io.irscale.lora;

import io.irscale.tensor.StoredTensor;
import java.util.List;

/**
 * The update of one linear layer: weight + {@code scale} B A (arXiv 2106.09685).
 *
 * @param target the model that has the layer
 * @param module the layer's dotted name in diffusers, or in transformers from {@code encoder.} on
 * @param a (rank, in), of a floating-point dtype; layers fused in the file share it
 * @param b (out, rank), of a floating-point dtype
 * @param scale alpha / rank, or alpha / sqrt(rank) with rsLoRA; finite and not 0
 * @param keys the tensors of the file that it was made of
 */
public record LoraUpdate(
        LoraTarget target, String module, StoredTensor a, StoredTensor b, double scale, List<String> keys) {
    public LoraUpdate {
        keys = List.copyOf(keys);
    }

    /** The rank, at least 1. */
    public long rank() {
        return a.shape().getFirst();
    }
}
