package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for tensors. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeTensor {
    private static final MethodHandle WRAP =
            bind("irs_tensor_wrap", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle CONVERT =
            bind("irs_tensor_convert", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle DESCRIBE =
            bind("irs_tensor_describe", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle DATA = bind("irs_tensor_data", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle READ = bind("irs_tensor_read", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle SELECT_ROWS =
            bind("irs_tensor_select_rows", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle SLICE_ROWS =
            bind("irs_tensor_slice_rows", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CONCAT_ROWS =
            bind("irs_tensor_concat_rows", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_tensor_free", ADDRESS);

    private NativeTensor() {}

    /** {@code irs_tensor_wrap}. */
    public static void wrap(
            MemorySegment out, MemorySegment data, long bytes, int dtype, int ndim, MemorySegment sizes) {
        try {
            NativeStatus.check((int) WRAP.invokeExact(out, data, bytes, dtype, ndim, sizes));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_convert}. */
    public static void convert(MemorySegment out, MemorySegment x, int device, int dtype) {
        try {
            NativeStatus.check((int) CONVERT.invokeExact(out, x, device, dtype));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_describe}. */
    public static void describe(
            MemorySegment dtype, MemorySegment device, MemorySegment ndim, MemorySegment sizes, MemorySegment x) {
        try {
            NativeStatus.check((int) DESCRIBE.invokeExact(dtype, device, ndim, sizes, x));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_data}. */
    public static void data(MemorySegment data, MemorySegment bytes, MemorySegment x) {
        try {
            NativeStatus.check((int) DATA.invokeExact(data, bytes, x));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_read}. */
    public static void read(MemorySegment destination, long bytes, MemorySegment x) {
        try {
            NativeStatus.check((int) READ.invokeExact(destination, bytes, x));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_select_rows}. */
    public static void selectRows(MemorySegment out, MemorySegment x, int n, MemorySegment rows) {
        try {
            NativeStatus.check((int) SELECT_ROWS.invokeExact(out, x, n, rows));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_slice_rows}. */
    public static void sliceRows(MemorySegment out, MemorySegment x, long begin, long n) {
        try {
            NativeStatus.check((int) SLICE_ROWS.invokeExact(out, x, begin, n));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_concat_rows}. */
    public static void concatRows(MemorySegment out, int n, MemorySegment parts) {
        try {
            NativeStatus.check((int) CONCAT_ROWS.invokeExact(out, n, parts));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_free}. */
    public static void free(MemorySegment x) {
        try {
            FREE.invokeExact(x);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
