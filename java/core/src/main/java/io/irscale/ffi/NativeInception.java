package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for FID's Inception v3. Shapes, owners, ranges and errors: {@code native/include/irscale_features.h}. */
public final class NativeInception {
    private static final MethodHandle CREATE = bind("irs_inception_create", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle EMBED = bind("irs_inception_embed", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PREPROCESS =
            bind("irs_inception_preprocess", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle FREE = bindVoid("irs_inception_free", ADDRESS);

    private NativeInception() {}

    /** {@code irs_inception_create}. */
    public static void create(MemorySegment out, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_inception_embed}. */
    public static void embed(MemorySegment out, MemorySegment inception, MemorySegment pixels) {
        try {
            NativeStatus.check((int) EMBED.invokeExact(out, inception, pixels));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_inception_preprocess}. */
    public static void preprocess(MemorySegment out, MemorySegment images, int clean) {
        try {
            NativeStatus.check((int) PREPROCESS.invokeExact(out, images, clean));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_inception_free}. */
    public static void free(MemorySegment inception) {
        try {
            FREE.invokeExact(inception);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
