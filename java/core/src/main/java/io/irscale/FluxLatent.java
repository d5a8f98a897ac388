package io.irscale;

import io.irscale.denoise.Approximation;
import io.irscale.search.Latent;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packed latent (1, T, 4 C) or its velocity, in storage of its own, which shares are views of.
 *
 * @param features of a velocity: what the next step may reuse, see {@link Approximation#reuse}
 */
record FluxLatent(Tensor tensor, @Nullable Tensor features) implements Latent {
    FluxLatent(Tensor tensor) {
        this(tensor, null);
    }

    /** The rows of a batch, each copied so that a kept one does not keep the batch. */
    static List<Latent> split(Tensor batch) {
        List<Latent> rows = new ArrayList<>();
        try {
            for (long row = 0; row < batch.size(0); row++) {
                rows.add(new FluxLatent(batch.rows(row)));
            }
            return rows;
        } catch (RuntimeException e) {
            rows.forEach(Latent::close); // no memory for the next one
            throw e;
        }
    }

    /** A batch (N, T, 4 C) of copies. */
    static Tensor concat(List<Latent> rows) {
        return Tensor.concat(rows.stream().map(FluxLatent::of).toList());
    }

    static Tensor of(Latent latent) {
        return ((FluxLatent) latent).tensor;
    }

    @Override
    public boolean remembers() {
        return features != null;
    }

    @Override
    public Latent share() {
        Tensor own = tensor.slice(0, 1);
        return new FluxLatent(own, features == null ? null : features.slice(0, features.size(0)));
    }

    @Override
    public void close() {
        tensor.close();
        if (features != null) {
            features.close();
        }
    }
}
