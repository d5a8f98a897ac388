package io.irscale.feature;

import io.irscale.ffi.NativeInception;
import io.irscale.tensor.Tensor;

/** How images become Inception's input. The two give different distances, which must not be compared. */
public enum InceptionPixels {
    /** pytorch-fid: bilinear to 299 x 299 without antialias, 2 x - 1. */
    PYTORCH_FID("8 bits, bilinear to 299 without antialias, 2x - 1"),
    /** clean-fid: bicubic to 299 x 299 with antialias on 0 to 255, not rounded, clamped, (x - 128) / 128. */
    CLEAN_FID("8 bits, bicubic to 299 with antialias, not rounded, clamped to 0..255, (x - 128) / 128");

    private final String description;

    InceptionPixels(String description) {
        this.description = description;
    }

    /** In words: equal words, equal preprocessing. */
    public String description() {
        return description;
    }

    /** Images (N, 3, H, W) in [0, 1], which are rounded to 8 bits, to (N, 3, 299, 299) in F32. */
    public Tensor apply(Tensor images) {
        return Tensor.create(out -> NativeInception.preprocess(out, images.handle(), this == CLEAN_FID ? 1 : 0));
    }
}
