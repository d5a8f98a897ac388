package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the aesthetic head. Shapes, owners, ranges and errors: {@code native/include/irscale_siglip.h}. */
public final class NativeAesthetic {
    private static final MethodHandle CREATE =
            bind("irs_aesthetic_create", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle SCORE = bind("irs_aesthetic_score", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_aesthetic_free", ADDRESS);

    private NativeAesthetic() {}

    /** {@code irs_aesthetic_create}. */
    public static void create(
            MemorySegment out, int layers, MemorySegment names, MemorySegment widths, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, layers, names, widths, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_aesthetic_score}. */
    public static void score(MemorySegment out, MemorySegment aesthetic, MemorySegment embeddings) {
        try {
            NativeStatus.check((int) SCORE.invokeExact(out, aesthetic, embeddings));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_aesthetic_free}. */
    public static void free(MemorySegment aesthetic) {
        try {
            FREE.invokeExact(aesthetic);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
