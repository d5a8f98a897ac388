package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for recorded forwards and trainable weights. Shapes, owners, errors: {@code native/include/irscale.h}. */
public final class NativeTraining {
    private static final MethodHandle RECORDING_SET = bind("irs_recording_set", JAVA_INT, JAVA_INT);
    private static final MethodHandle WEIGHTS_TRAIN = bind("irs_weights_train", JAVA_INT, ADDRESS);
    private static final MethodHandle WEIGHTS_INITIALIZE = bind("irs_weights_initialize", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WEIGHTS_COUNT = bind("irs_weights_count", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle WEIGHTS_NAME = bind("irs_weights_name", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle WEIGHTS_GET = bind("irs_weights_get", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle LORA_TRAIN =
            bind("irs_lora_train", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_DOUBLE, JAVA_FLOAT, JAVA_LONG);

    private NativeTraining() {}

    /** {@code irs_recording_set}. */
    public static int recordingSet(int enabled) {
        try {
            return (int) RECORDING_SET.invokeExact(enabled);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_train}. */
    public static void weightsTrain(MemorySegment weights) {
        try {
            NativeStatus.check((int) WEIGHTS_TRAIN.invokeExact(weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_initialize}. */
    public static void weightsInitialize(MemorySegment weights, long seed) {
        try {
            NativeStatus.check((int) WEIGHTS_INITIALIZE.invokeExact(weights, seed));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_count}. */
    public static void weightsCount(MemorySegment out, MemorySegment weights) {
        try {
            NativeStatus.check((int) WEIGHTS_COUNT.invokeExact(out, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_name}. */
    public static void weightsName(MemorySegment out, MemorySegment weights, int index) {
        try {
            NativeStatus.check((int) WEIGHTS_NAME.invokeExact(out, weights, index));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_weights_get}. */
    public static void weightsGet(MemorySegment out, MemorySegment weights, MemorySegment name) {
        try {
            NativeStatus.check((int) WEIGHTS_GET.invokeExact(out, weights, name));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_lora_train}. */
    public static void loraTrain(
            MemorySegment out, MemorySegment factors, int dtype, double scale, float dropout, long seed) {
        try {
            NativeStatus.check((int) LORA_TRAIN.invokeExact(out, factors, dtype, scale, dropout, seed));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
