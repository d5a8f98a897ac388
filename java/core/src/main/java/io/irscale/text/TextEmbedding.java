package io.irscale.text;

import io.irscale.tensor.Tensor;

/**
 * One prompt as the transformer takes it.
 *
 * @param txt T5 states (1, L, joint_dim)
 * @param vec CLIP's pooled state (1, pooled_dim)
 */
public record TextEmbedding(Tensor txt, Tensor vec) implements AutoCloseable {
    @Override
    public void close() {
        txt.close();
        vec.close();
    }
}
