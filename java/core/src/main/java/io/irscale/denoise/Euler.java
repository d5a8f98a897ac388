package io.irscale.denoise;

import io.irscale.ffi.NativeLatents;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/** The Euler step of the flow (diffusers {@code scheduling_flow_match_euler_discrete.py}, {@code step}). */
public final class Euler {
    private Euler() {}

    /**
     * In place: img[i] += dsigma[i] velocity[i].
     *
     * @param img (N, T, C), not over read-only memory
     * @param velocity (N, T, C)
     * @param dsigma sigma_next - sigma of every row
     */
    public static void step(Tensor img, Tensor velocity, float[] dsigma) {
        try (Arena arena = Arena.ofConfined()) {
            NativeLatents.euler(
                    img.writableHandle(),
                    velocity.handle(),
                    dsigma.length,
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, dsigma));
        }
    }
}
