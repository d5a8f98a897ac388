package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for SigLIP. Shapes, owners, ranges and errors: {@code native/include/irscale_siglip.h}. */
public final class NativeSiglip {
    private static final MethodHandle CREATE = bind("irs_siglip_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle EMBED_TEXT =
            bind("irs_siglip_embed_text", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EMBED_IMAGE = bind("irs_siglip_embed_image", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PROBABILITIES =
            bind("irs_siglip_probabilities", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PREPROCESS =
            bind("irs_siglip_preprocess", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_siglip_free", ADDRESS);

    private NativeSiglip() {}

    /** {@code irs_siglip_create}. */
    public static void create(MemorySegment out, MemorySegment config, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, config, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_siglip_embed_text}. */
    public static void embedText(MemorySegment out, MemorySegment siglip, int n, int tokens, MemorySegment ids) {
        try {
            NativeStatus.check((int) EMBED_TEXT.invokeExact(out, siglip, n, tokens, ids));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_siglip_embed_image}. */
    public static void embedImage(MemorySegment out, MemorySegment siglip, MemorySegment pixels) {
        try {
            NativeStatus.check((int) EMBED_IMAGE.invokeExact(out, siglip, pixels));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_siglip_probabilities}. */
    public static void probabilities(
            MemorySegment out, MemorySegment siglip, MemorySegment images, MemorySegment texts) {
        try {
            NativeStatus.check((int) PROBABILITIES.invokeExact(out, siglip, images, texts));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_siglip_preprocess}. */
    public static void preprocess(
            MemorySegment out, MemorySegment images, int height, int width, MemorySegment mean, MemorySegment std) {
        try {
            NativeStatus.check((int) PREPROCESS.invokeExact(out, images, height, width, mean, std));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_siglip_free}. */
    public static void free(MemorySegment siglip) {
        try {
            FREE.invokeExact(siglip);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
