package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for losses. Shapes, formulas and errors: {@code native/include/irscale.h}. */
public final class NativeLoss {
    private static final MethodHandle FLOW = bind("irs_loss_flow", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle FLOW_CHECKPOINTED = bind(
            "irs_loss_flow_checkpointed",
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
    private static final MethodHandle RECONSTRUCTION = bind(
            "irs_loss_reconstruction",
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_FLOAT,
            JAVA_FLOAT,
            JAVA_FLOAT);
    private static final MethodHandle KL = bind("irs_loss_kl", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle CONTRASTIVE =
            bind("irs_loss_contrastive", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle COSINE = bind("irs_loss_cosine", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle CLASSES =
            bind("irs_loss_classes", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle SUM = bind("irs_loss_sum", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle BACKWARD = bind("irs_loss_backward", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle VAE_SAMPLE =
            bind("irs_vae_sample", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle POOL = bind("irs_tensor_pool", JAVA_INT, ADDRESS, ADDRESS);

    private NativeLoss() {}

    /** {@code irs_loss_flow}. */
    public static void flow(MemorySegment out, MemorySegment velocity, MemorySegment x0, MemorySegment noise) {
        try {
            NativeStatus.check((int) FLOW.invokeExact(out, velocity, x0, noise));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_flow_checkpointed}. */
    public static void flowCheckpointed(
            MemorySegment out,
            MemorySegment flux,
            MemorySegment img,
            int n,
            MemorySegment plans,
            MemorySegment steps,
            MemorySegment x0,
            MemorySegment noise,
            MemorySegment shares) {
        try {
            NativeStatus.check((int) FLOW_CHECKPOINTED.invokeExact(out, flux, img, n, plans, steps, x0, noise, shares));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_reconstruction}. */
    public static void reconstruction(
            MemorySegment out,
            MemorySegment decoded,
            MemorySegment images,
            MemorySegment weight,
            float square,
            float absolute,
            float edges) {
        try {
            NativeStatus.check((int) RECONSTRUCTION.invokeExact(out, decoded, images, weight, square, absolute, edges));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_kl}. */
    public static void kl(MemorySegment out, MemorySegment mean, MemorySegment logvar) {
        try {
            NativeStatus.check((int) KL.invokeExact(out, mean, logvar));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_contrastive}. */
    public static void contrastive(
            MemorySegment out, MemorySegment clip, MemorySegment a, MemorySegment b, MemorySegment target) {
        try {
            NativeStatus.check((int) CONTRASTIVE.invokeExact(out, clip, a, b, target));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_cosine}. */
    public static void cosine(MemorySegment out, MemorySegment a, MemorySegment b) {
        try {
            NativeStatus.check((int) COSINE.invokeExact(out, a, b));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_classes}. */
    public static void classes(
            MemorySegment out, MemorySegment features, MemorySegment weight, MemorySegment bias, MemorySegment target) {
        try {
            NativeStatus.check((int) CLASSES.invokeExact(out, features, weight, bias, target));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_sum}. */
    public static void sum(MemorySegment out, int n, MemorySegment losses, MemorySegment factors) {
        try {
            NativeStatus.check((int) SUM.invokeExact(out, n, losses, factors));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_loss_backward}. */
    public static void backward(MemorySegment losses, int n, MemorySegment shares) {
        try {
            NativeStatus.check((int) BACKWARD.invokeExact(losses, n, shares));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_vae_sample}. */
    public static void vaeSample(
            MemorySegment out, MemorySegment vae, MemorySegment mean, MemorySegment logvar, MemorySegment noise) {
        try {
            NativeStatus.check((int) VAE_SAMPLE.invokeExact(out, vae, mean, logvar, noise));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_tensor_pool}. */
    public static void pool(MemorySegment out, MemorySegment x) {
        try {
            NativeStatus.check((int) POOL.invokeExact(out, x));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
