package io.irscale.latent;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeLatents;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A weighted sum of latents, row by row: stochastic steps, x0 previews and renoising are all of this form.
 */
public final class Combine {
    private Combine() {}

    /**
     * out[i] = a[i] x[i] + b[i] v[i] + c[i] z[i], summed in F32 whatever the dtypes and rounded once. {@code v} and
     * {@code z} are not read where all of their factors are 0.
     *
     * @param x (N, T, C)
     * @param v likewise, on the same device; may be null where all of {@code b} are 0
     * @param z likewise; may be null where all of {@code c} are 0
     * @param a one finite factor a row, as are {@code b} and {@code c}
     * @return a new tensor (N, T, C) in x's dtype, for the caller to close
     * @throws InvalidInputException if a shape, device or number of factors differs, or a factor is not finite
     */
    public static Tensor of(Tensor x, @Nullable Tensor v, @Nullable Tensor z, float[] a, float[] b, float[] c) {
        if (b.length != a.length || c.length != a.length) {
            throw new InvalidInputException("a, b and c have %d, %d and %d factors, expected equally many"
                    .formatted(a.length, b.length, c.length));
        }
        try (Arena arena = Arena.ofConfined()) {
            return Tensor.create(out -> NativeLatents.combine(
                    out,
                    x.handle(),
                    handle(v),
                    handle(z),
                    a.length,
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, a),
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, b),
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, c)));
        }
    }

    private static MemorySegment handle(@Nullable Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : tensor.handle();
    }
}
