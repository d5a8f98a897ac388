package io.irscale.verify;

import io.irscale.tensor.Tensor;

/** What an image goes through before a model that embeds it. */
public interface Preprocessing {
    /** Images (N, 3, H, W) in [0, 1] to the model's input (N, 3, h, w) in F32. */
    Tensor apply(Tensor images);

    /** An image with no edge below this loses nothing by being smaller. */
    int fullEdge();

    /** The steps in words, which tell apart what makes different features. */
    String describe();
}
