package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for noise and latents. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeLatents {
    private static final MethodHandle NOISE_FILL = bind("irs_noise_fill", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PACK = bind("irs_latents_pack", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle UNPACK =
            bind("irs_latents_unpack", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle EULER = bind("irs_latents_euler", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle COMBINE = bind(
            "irs_latents_combine", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle REDUCE = bind("irs_latents_reduce", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);

    private NativeLatents() {}

    /** {@code irs_noise_fill}. */
    public static void noiseFill(MemorySegment out, long count, long seed) {
        try {
            NativeStatus.check((int) NOISE_FILL.invokeExact(out, count, seed));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_latents_pack}. */
    public static void pack(MemorySegment out, MemorySegment latents) {
        try {
            NativeStatus.check((int) PACK.invokeExact(out, latents));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_latents_unpack}. */
    public static void unpack(MemorySegment out, MemorySegment packed, int height, int width) {
        try {
            NativeStatus.check((int) UNPACK.invokeExact(out, packed, height, width));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_latents_euler}. */
    public static void euler(MemorySegment img, MemorySegment velocity, int n, MemorySegment dsigma) {
        try {
            NativeStatus.check((int) EULER.invokeExact(img, velocity, n, dsigma));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_latents_combine}. */
    public static void combine(
            MemorySegment out,
            MemorySegment x,
            MemorySegment v,
            MemorySegment z,
            int n,
            MemorySegment a,
            MemorySegment b,
            MemorySegment c) {
        try {
            NativeStatus.check((int) COMBINE.invokeExact(out, x, v, z, n, a, b, c));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_latents_reduce}. */
    public static void reduce(MemorySegment out, MemorySegment latents, int factor) {
        try {
            NativeStatus.check((int) REDUCE.invokeExact(out, latents, factor));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
