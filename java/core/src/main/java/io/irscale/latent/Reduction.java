package io.irscale.latent;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeLatents;
import io.irscale.tensor.Tensor;

/** Latents of a smaller image, for previews that are cheap to decode. */
public final class Reduction {
    private Reduction() {}

    /**
     * Means over blocks of {@code factor} x {@code factor}.
     *
     * @param latents (N, C, H, W)
     * @param factor 1, 2 or 4; H and W are multiples of twice the factor
     * @return a new tensor (N, C, H / factor, W / factor), for the caller to close
     * @throws InvalidInputException for other factors and sizes
     */
    public static Tensor mean(Tensor latents, int factor) {
        return Tensor.create(out -> NativeLatents.reduce(out, latents.handle(), factor));
    }
}
