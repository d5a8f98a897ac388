package io.irscale.lora;

import java.util.List;
import java.util.Optional;

/**
 * The update of one linear layer: weight + {@code scale} times a term, whose rows or columns get other norms with DoRA.
 *
 * @param target the model that has the layer
 * @param module the layer's dotted name in diffusers, or in transformers from {@code encoder.} on
 * @param term what is added
 * @param magnitude DoRA's, if there is one
 * @param scale alpha / rank, or alpha / sqrt(rank) with rsLoRA; finite; 0 adds nothing
 * @param keys the tensors of the file that it was made of
 */
public record LoraUpdate(
        LoraTarget target,
        String module,
        LoraTerm term,
        Optional<Magnitude> magnitude,
        double scale,
        List<String> keys) {
    public LoraUpdate {
        keys = List.copyOf(keys);
    }

    /** What people call it, such as LoRA, LoKr, DoRA or DoRA of LoKr. */
    public String kind() {
        if (magnitude.isEmpty()) {
            return term.kind();
        }
        return term instanceof LoraTerm.LowRank ? "DoRA" : "DoRA of " + term.kind();
    }
}
