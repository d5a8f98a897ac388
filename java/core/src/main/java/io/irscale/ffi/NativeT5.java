package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the T5 encoder. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeT5 {
    private static final MethodHandle CREATE = bind("irs_t5_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ENCODE =
            bind("irs_t5_encode", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_t5_free", ADDRESS);

    private NativeT5() {}

    /** {@code irs_t5_create}. */
    public static void create(MemorySegment out, MemorySegment config, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, config, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_t5_encode}. */
    public static void encode(MemorySegment hidden, MemorySegment t5, int n, int tokens, MemorySegment ids) {
        try {
            NativeStatus.check((int) ENCODE.invokeExact(hidden, t5, n, tokens, ids));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_t5_free}. */
    public static void free(MemorySegment t5) {
        try {
            FREE.invokeExact(t5);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
