package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for LoRA. Shapes, owners, ranges and errors: {@code native/include/irscale_lora.h}. */
public final class NativeLora {
    private static final MethodHandle CREATE = bind("irs_lora_create", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle PUT =
            bind("irs_lora_put", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_DOUBLE);
    private static final MethodHandle PUT_KRONECKER = bind(
            "irs_lora_put_kronecker",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_DOUBLE);
    private static final MethodHandle PUT_HADAMARD =
            bind("irs_lora_put_hadamard", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_DOUBLE);
    private static final MethodHandle PUT_DIFFERENCE =
            bind("irs_lora_put_difference", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_DOUBLE);
    private static final MethodHandle PUT_VECTOR =
            bind("irs_lora_put_vector", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_DOUBLE);
    private static final MethodHandle SET_MAGNITUDE =
            bind("irs_lora_set_magnitude", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_lora_free", ADDRESS);

    private NativeLora() {}

    /** {@code irs_lora_create}. */
    public static void create(MemorySegment out, int device, int dtype) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, device, dtype));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_put}. */
    public static void put(MemorySegment lora, MemorySegment module, MemorySegment a, MemorySegment b, double scale) {
        try {
            NativeStatus.check((int) PUT.invokeExact(lora, module, a, b, scale));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_put_kronecker}. */
    public static void putKronecker(
            MemorySegment lora,
            MemorySegment module,
            MemorySegment w1a,
            MemorySegment w1b,
            MemorySegment w2a,
            MemorySegment w2b,
            long firstRow,
            long rows,
            double scale) {
        try {
            NativeStatus.check(
                    (int) PUT_KRONECKER.invokeExact(lora, module, w1a, w1b, w2a, w2b, firstRow, rows, scale));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_put_hadamard}. */
    public static void putHadamard(
            MemorySegment lora,
            MemorySegment module,
            MemorySegment w1a,
            MemorySegment w1b,
            MemorySegment w2a,
            MemorySegment w2b,
            double scale) {
        try {
            NativeStatus.check((int) PUT_HADAMARD.invokeExact(lora, module, w1a, w1b, w2a, w2b, scale));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_put_difference}. */
    public static void putDifference(MemorySegment lora, MemorySegment module, MemorySegment weight, double scale) {
        try {
            NativeStatus.check((int) PUT_DIFFERENCE.invokeExact(lora, module, weight, scale));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_put_vector}. */
    public static void putVector(MemorySegment lora, MemorySegment parameter, MemorySegment difference, double scale) {
        try {
            NativeStatus.check((int) PUT_VECTOR.invokeExact(lora, parameter, difference, scale));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_set_magnitude}. */
    public static void setMagnitude(
            MemorySegment lora,
            MemorySegment module,
            MemorySegment magnitude,
            int byRow,
            int rule,
            int nLayers,
            MemorySegment layers) {
        try {
            NativeStatus.check((int) SET_MAGNITUDE.invokeExact(lora, module, magnitude, byRow, rule, nLayers, layers));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_free}. */
    public static void free(MemorySegment lora) {
        try {
            FREE.invokeExact(lora);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
