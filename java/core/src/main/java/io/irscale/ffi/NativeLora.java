package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for LoRA. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeLora {
    private static final MethodHandle CREATE = bind("irs_lora_create", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle PUT =
            bind("irs_lora_put", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_DOUBLE);
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

    /** {@code irs_lora_free}. */
    public static void free(MemorySegment lora) {
        try {
            FREE.invokeExact(lora);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
