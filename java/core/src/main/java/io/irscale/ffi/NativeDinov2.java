package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for DINOv2. Shapes, owners, ranges and errors: {@code native/include/irscale_features.h}. */
public final class NativeDinov2 {
    private static final MethodHandle CREATE = bind("irs_dinov2_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle EMBED = bind("irs_dinov2_embed", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PREPROCESS = bind("irs_dinov2_preprocess", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle FREE = bindVoid("irs_dinov2_free", ADDRESS);

    private NativeDinov2() {}

    /** {@code irs_dinov2_create}. */
    public static void create(MemorySegment out, MemorySegment config, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, config, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_dinov2_embed}. */
    public static void embed(MemorySegment out, MemorySegment dinov2, MemorySegment pixels) {
        try {
            NativeStatus.check((int) EMBED.invokeExact(out, dinov2, pixels));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_dinov2_preprocess}. */
    public static void preprocess(MemorySegment out, MemorySegment images, int edge) {
        try {
            NativeStatus.check((int) PREPROCESS.invokeExact(out, images, edge));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_dinov2_free}. */
    public static void free(MemorySegment dinov2) {
        try {
            FREE.invokeExact(dinov2);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
