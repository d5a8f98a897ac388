package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the VAE. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeVae {
    private static final MethodHandle CREATE = bind("irs_vae_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle DECODE = bind("irs_vae_decode", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ENCODE =
            bind("irs_vae_encode", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_vae_free", ADDRESS);
    private static final MethodHandle IMAGE_FINISH = bind("irs_image_finish", JAVA_INT, ADDRESS, ADDRESS);

    private NativeVae() {}

    /** {@code irs_vae_create}. */
    public static void create(MemorySegment out, MemorySegment config, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, config, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_vae_decode}. */
    public static void decode(MemorySegment out, MemorySegment vae, MemorySegment latents) {
        try {
            NativeStatus.check((int) DECODE.invokeExact(out, vae, latents));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_vae_encode}. */
    public static void encode(
            MemorySegment mean, MemorySegment logvar, MemorySegment latents, MemorySegment vae, MemorySegment images) {
        try {
            NativeStatus.check((int) ENCODE.invokeExact(mean, logvar, latents, vae, images));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_vae_free}. */
    public static void free(MemorySegment vae) {
        try {
            FREE.invokeExact(vae);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_image_finish}. */
    public static void imageFinish(MemorySegment out, MemorySegment decoded) {
        try {
            NativeStatus.check((int) IMAGE_FINISH.invokeExact(out, decoded));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
