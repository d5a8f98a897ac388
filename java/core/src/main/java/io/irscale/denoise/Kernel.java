package io.irscale.denoise;

import io.irscale.ffi.NativeTorch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Set;

/**
 * A kernel of the native layer (folder {@code kernels}) that serves where no gradient is recorded, in place of libtorch's
 * operators. All may run at first; results without one differ by rounding.
 */
public enum Kernel {
    /** LayerNorm, scale and shift in one pass. */
    LAYER_NORM_MODULATE,
    /** A gated update of the residual. */
    GATED_RESIDUAL,
    /** RMSNorm and rotary embedding of queries and keys. */
    QK_NORM_ROPE,
    /** Merging a LoRA into a weight in one pass. */
    LORA_MERGE,
    /** Moves between noise levels in one pass: Euler steps, previews of x0, stochastic steps. */
    TRANSITION,
    /** Both halves of classifier-free guidance to one velocity, in one pass. */
    GUIDANCE,
    /** What CLIP reads of an image, in one pass: resize, crop and normalisation. */
    CLIP_PREPROCESS,
    /** Linear layers in tiles on a CPU from AVX2 on, in FP32 and in BF16. */
    TILE_LINEAR,
    /** Attention on the same. */
    TILE_ATTENTION,
    /** cuDNN's attention in BF16 on CUDA devices from Hopper on, rather than what libtorch would choose. */
    CUDNN_ATTENTION;

    /** Lets all kernels run but these; for the whole process, from the next forward on. */
    public static void enableAllBut(Set<Kernel> without) {
        try (Arena arena = Arena.ofConfined()) {
            for (Kernel kernel : values()) {
                NativeTorch.kernelEnable(arena.allocateFrom(kernel.toString()), without.contains(kernel) ? 0 : 1);
            }
        }
    }

    /** Whether it may run and this machine can run it. */
    public boolean runs() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            NativeTorch.kernelRuns(out, arena.allocateFrom(toString()));
            return out.get(ValueLayout.JAVA_INT, 0) != 0;
        }
    }

    /** How often it has been called in this process; of the tiles, how many forwards took them. */
    public long calls() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            NativeTorch.kernelCalls(out, arena.allocateFrom(toString()));
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** The name in the native layer, such as {@code qk_norm_rope}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
