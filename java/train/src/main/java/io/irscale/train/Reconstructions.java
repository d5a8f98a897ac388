package io.irscale.train;

import io.irscale.decode.Vae;
import io.irscale.tensor.Tensor;
import java.util.List;

/**
 * Pictures of which a part went through an autoencoder: what judges or verifies generated images must not take its blur
 * for what they differ by.
 */
final class Reconstructions {
    private Reconstructions() {}

    /** images (N, 3, H, W) in [-1, 1] to [0, 1], the last half of them encoded and decoded. */
    static Tensor half(Vae vae, Tensor images) {
        long n = images.size(0);
        try (Tensor plain = images.slice(0, n - n / 2);
                Tensor other = images.slice(n - n / 2, n / 2);
                Tensor first = Vae.finish(plain);
                Tensor second = all(vae, other)) {
            return Tensor.concat(List.of(first, second));
        }
    }

    /** images (N, 3, H, W) in [-1, 1] to [0, 1], all of them encoded and decoded, in the dtype they have. */
    static Tensor all(Vae vae, Tensor images) {
        try (Vae.Encoded encoded = vae.encode(images);
                Tensor decoded = vae.decode(encoded.latents());
                Tensor finished = Vae.finish(decoded)) {
            return finished.to(images.device(), images.dtype());
        }
    }
}
