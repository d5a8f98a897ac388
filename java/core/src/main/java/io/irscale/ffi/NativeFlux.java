package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the FLUX transformer and its plans. Shapes, owners, ranges and errors: {@code native/include/irscale_flux.h}. */
public final class NativeFlux {
    private static final MethodHandle FLUX_CREATE = bind("irs_flux_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle FLUX_FREE = bindVoid("irs_flux_free", ADDRESS);
    private static final MethodHandle FLUX_MERGE =
            bind("irs_flux_merge", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle FLUX_PARAMETER = bind("irs_flux_parameter", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PLAN_CREATE = bind(
            "irs_plan_create",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_FLOAT,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    private static final MethodHandle PLAN_BYTES = bind("irs_plan_bytes", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PLAN_FREE = bindVoid("irs_plan_free", ADDRESS);
    private static final MethodHandle FLUX_VELOCITY = bind(
            "irs_flux_velocity",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS);

    private static final MethodHandle FLUX_VELOCITY_REUSING = bind(
            "irs_flux_velocity_reusing",
            JAVA_INT,
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
            JAVA_FLOAT);
    private static final MethodHandle FLUX_FP8 = bind("irs_flux_fp8", JAVA_INT, ADDRESS, JAVA_INT);

    private NativeFlux() {}

    /** {@code irs_flux_create}. */
    public static void fluxCreate(MemorySegment out, MemorySegment config, MemorySegment weights) {
        try {
            NativeStatus.check((int) FLUX_CREATE.invokeExact(out, config, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_flux_free}. */
    public static void fluxFree(MemorySegment flux) {
        try {
            FLUX_FREE.invokeExact(flux);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_flux_merge}. */
    public static void fluxMerge(
            MemorySegment flux, int nLoras, MemorySegment loras, MemorySegment scales, int weights) {
        try {
            NativeStatus.check((int) FLUX_MERGE.invokeExact(flux, nLoras, loras, scales, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_flux_parameter}. */
    public static void fluxParameter(MemorySegment out, MemorySegment flux, MemorySegment name) {
        try {
            NativeStatus.check((int) FLUX_PARAMETER.invokeExact(out, flux, name));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_plan_create}. */
    public static void planCreate(
            MemorySegment out,
            MemorySegment flux,
            MemorySegment txt,
            MemorySegment vec,
            float guidance,
            int steps,
            MemorySegment timesteps,
            int positions,
            MemorySegment ids,
            int nLoras,
            MemorySegment loras,
            MemorySegment scales,
            MemorySegment trace) {
        try {
            NativeStatus.check((int) PLAN_CREATE.invokeExact(
                    out, flux, txt, vec, guidance, steps, timesteps, positions, ids, nLoras, loras, scales, trace));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_plan_bytes}. */
    public static void planBytes(MemorySegment out, MemorySegment plan) {
        try {
            NativeStatus.check((int) PLAN_BYTES.invokeExact(out, plan));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_plan_free}. */
    public static void planFree(MemorySegment plan) {
        try {
            PLAN_FREE.invokeExact(plan);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_flux_velocity}. */
    public static void fluxVelocity(
            MemorySegment velocity,
            MemorySegment flux,
            MemorySegment img,
            int n,
            MemorySegment plans,
            MemorySegment steps,
            MemorySegment negatives,
            MemorySegment trueCfg,
            MemorySegment trace) {
        try {
            NativeStatus.check(
                    (int) FLUX_VELOCITY.invokeExact(velocity, flux, img, n, plans, steps, negatives, trueCfg, trace));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_flux_velocity_reusing}. */
    public static void fluxVelocityReusing(
            MemorySegment velocity,
            MemorySegment features,
            MemorySegment reused,
            MemorySegment flux,
            MemorySegment img,
            int n,
            MemorySegment plans,
            MemorySegment steps,
            MemorySegment negatives,
            MemorySegment trueCfg,
            MemorySegment last,
            float threshold) {
        try {
            NativeStatus.check((int) FLUX_VELOCITY_REUSING.invokeExact(
                    velocity, features, reused, flux, img, n, plans, steps, negatives, trueCfg, last, threshold));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_flux_fp8}. */
    public static void fluxFp8(MemorySegment flux, int on) {
        try {
            NativeStatus.check((int) FLUX_FP8.invokeExact(flux, on));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
