package io.irscale.denoise;

import io.irscale.tensor.Tensor;
import java.util.List;

/**
 * A forward that may have left blocks out; for the caller to close.
 *
 * @param velocity (N, T, out_channels)
 * @param features of each row, for its next step
 * @param reused whether the row left blocks out
 */
public record Reused(Tensor velocity, List<Tensor> features, List<Boolean> reused) implements AutoCloseable {
    @Override
    public void close() {
        velocity.close();
        features.forEach(Tensor::close);
    }
}
