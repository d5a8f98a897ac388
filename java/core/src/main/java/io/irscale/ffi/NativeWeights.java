package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for weight sets and traces. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeWeights {
    private static final MethodHandle WEIGHTS_CREATE =
            bind("irs_weights_create", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle WEIGHTS_PUT =
            bind("irs_weights_put", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle WEIGHTS_PUT_PACKED =
            bind("irs_weights_put_packed", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle PACKED_WIDEN = bind("irs_packed_widen", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle WEIGHTS_FREE = bindVoid("irs_weights_free", ADDRESS);
    private static final MethodHandle TRACE_CREATE = bind("irs_trace_create", JAVA_INT, ADDRESS);
    private static final MethodHandle TRACE_GET = bind("irs_trace_get", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle TRACE_FREE = bindVoid("irs_trace_free", ADDRESS);

    private NativeWeights() {}

    /** {@code irs_weights_create}. */
    public static void weightsCreate(MemorySegment out, int device, int dtype) {
        try {
            NativeStatus.check((int) WEIGHTS_CREATE.invokeExact(out, device, dtype));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_put}. */
    public static void weightsPut(
            MemorySegment weights,
            MemorySegment name,
            MemorySegment data,
            long bytes,
            int dtype,
            int ndim,
            MemorySegment sizes) {
        try {
            NativeStatus.check((int) WEIGHTS_PUT.invokeExact(weights, name, data, bytes, dtype, ndim, sizes));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_put_packed}. */
    public static void weightsPutPacked(
            MemorySegment weights, MemorySegment name, MemorySegment packed, int ndim, MemorySegment sizes) {
        try {
            NativeStatus.check((int) WEIGHTS_PUT_PACKED.invokeExact(weights, name, packed, ndim, sizes));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_packed_widen}. */
    public static void packedWiden(MemorySegment out, long count, MemorySegment packed) {
        try {
            NativeStatus.check((int) PACKED_WIDEN.invokeExact(out, count, packed));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_free}. */
    public static void weightsFree(MemorySegment weights) {
        try {
            WEIGHTS_FREE.invokeExact(weights);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_trace_create}. */
    public static void traceCreate(MemorySegment out) {
        try {
            NativeStatus.check((int) TRACE_CREATE.invokeExact(out));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_trace_get}. */
    public static void traceGet(MemorySegment out, MemorySegment trace, MemorySegment name) {
        try {
            NativeStatus.check((int) TRACE_GET.invokeExact(out, trace, name));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_trace_free}. */
    public static void traceFree(MemorySegment trace) {
        try {
            TRACE_FREE.invokeExact(trace);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
