package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the optimizer. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeAdamW {
    private static final MethodHandle CREATE = bind("irs_adamw_create", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle GATHER = bind("irs_adamw_gather", JAVA_INT, ADDRESS, JAVA_FLOAT);
    private static final MethodHandle STEP = bind("irs_adamw_step", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle STATE = bind("irs_adamw_state", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle RESTORE =
            bind("irs_adamw_restore", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle STEPS = bind("irs_adamw_steps", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SET_STEPS = bind("irs_adamw_set_steps", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle FREE = bindVoid("irs_adamw_free", ADDRESS);

    private NativeAdamW() {}

    /** {@code irs_adamw_create}. */
    public static void create(MemorySegment out, MemorySegment trainable, int average) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, trainable, average));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_gather}. */
    public static void gather(MemorySegment adamw, float share) {
        try {
            NativeStatus.check((int) GATHER.invokeExact(adamw, share));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_step}. */
    public static void step(MemorySegment norm, MemorySegment adamw, MemorySegment settings) {
        try {
            NativeStatus.check((int) STEP.invokeExact(norm, adamw, settings));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_state}. */
    public static void state(MemorySegment out, MemorySegment adamw, MemorySegment name, int kind) {
        try {
            NativeStatus.check((int) STATE.invokeExact(out, adamw, name, kind));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_restore}. */
    public static void restore(MemorySegment adamw, MemorySegment name, int kind, MemorySegment values) {
        try {
            NativeStatus.check((int) RESTORE.invokeExact(adamw, name, kind, values));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_steps}. */
    public static void steps(MemorySegment out, MemorySegment adamw) {
        try {
            NativeStatus.check((int) STEPS.invokeExact(out, adamw));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_set_steps}. */
    public static void setSteps(MemorySegment adamw, long steps) {
        try {
            NativeStatus.check((int) SET_STEPS.invokeExact(adamw, steps));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_adamw_free}. */
    public static void free(MemorySegment adamw) {
        try {
            FREE.invokeExact(adamw);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
