package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the gradient of a score. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeReward {
    private static final MethodHandle CREATE = bind("irs_reward_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle GRADIENT =
            bind("irs_reward_gradient", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle GRADIENT_FULL = bind(
            "irs_reward_gradient_full",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            JAVA_INT,
            ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_reward_free", ADDRESS);

    private NativeReward() {}

    /** {@code irs_reward_create}. */
    public static void create(MemorySegment out, MemorySegment vae, MemorySegment clip, MemorySegment preprocessing) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, vae, clip, preprocessing));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_reward_gradient}. */
    public static void gradient(
            MemorySegment gradient,
            MemorySegment scores,
            MemorySegment reward,
            MemorySegment x0,
            int height,
            int width,
            MemorySegment text) {
        try {
            NativeStatus.check((int) GRADIENT.invokeExact(gradient, scores, reward, x0, height, width, text));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_reward_gradient_full}. */
    public static void gradientFull(
            MemorySegment gradient,
            MemorySegment velocity,
            MemorySegment scores,
            MemorySegment reward,
            MemorySegment flux,
            MemorySegment x,
            int n,
            MemorySegment plans,
            MemorySegment steps,
            MemorySegment negatives,
            MemorySegment trueCfg,
            MemorySegment sigma,
            int height,
            int width,
            MemorySegment text) {
        try {
            NativeStatus.check((int) GRADIENT_FULL.invokeExact(
                    gradient, velocity, scores, reward, flux, x, n, plans, steps, negatives, trueCfg, sigma, height,
                    width, text));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_reward_free}. */
    public static void free(MemorySegment reward) {
        try {
            FREE.invokeExact(reward);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
