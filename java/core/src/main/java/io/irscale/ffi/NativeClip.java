package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static io.irscale.ffi.NativeLibrary.bindVoid;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for CLIP. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeClip {
    private static final MethodHandle CREATE = bind("irs_clip_create", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ENCODE_TEXT =
            bind("irs_clip_encode_text", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EMBED_TEXT =
            bind("irs_clip_embed_text", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EMBED_IMAGE = bind("irs_clip_embed_image", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle LOGIT_SCALE = bind("irs_clip_logit_scale", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PREPROCESS = bind("irs_clip_preprocess", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle COSINE = bind("irs_cosine", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle MERGE = bind("irs_clip_merge", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PARAMETER = bind("irs_clip_parameter", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle FREE = bindVoid("irs_clip_free", ADDRESS);

    private NativeClip() {}

    /** {@code irs_clip_create}. */
    public static void create(MemorySegment out, MemorySegment config, MemorySegment weights) {
        try {
            NativeStatus.check((int) CREATE.invokeExact(out, config, weights));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_encode_text}. */
    public static void encodeText(
            MemorySegment hidden, MemorySegment pooled, MemorySegment clip, int n, int tokens, MemorySegment ids) {
        try {
            NativeStatus.check((int) ENCODE_TEXT.invokeExact(hidden, pooled, clip, n, tokens, ids));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_embed_text}. */
    public static void embedText(MemorySegment out, MemorySegment clip, int n, int tokens, MemorySegment ids) {
        try {
            NativeStatus.check((int) EMBED_TEXT.invokeExact(out, clip, n, tokens, ids));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_embed_image}. */
    public static void embedImage(MemorySegment out, MemorySegment clip, MemorySegment pixels) {
        try {
            NativeStatus.check((int) EMBED_IMAGE.invokeExact(out, clip, pixels));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_logit_scale}. */
    public static void logitScale(MemorySegment out, MemorySegment clip) {
        try {
            NativeStatus.check((int) LOGIT_SCALE.invokeExact(out, clip));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_preprocess}. */
    public static void preprocess(MemorySegment out, MemorySegment images, MemorySegment config) {
        try {
            NativeStatus.check((int) PREPROCESS.invokeExact(out, images, config));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_cosine}. */
    public static void cosine(MemorySegment out, MemorySegment a, MemorySegment b) {
        try {
            NativeStatus.check((int) COSINE.invokeExact(out, a, b));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_merge}. */
    public static void merge(MemorySegment clip, int nLoras, MemorySegment loras, MemorySegment scales) {
        try {
            NativeStatus.check((int) MERGE.invokeExact(clip, nLoras, loras, scales));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_parameter}. */
    public static void parameter(MemorySegment out, MemorySegment clip, MemorySegment name) {
        try {
            NativeStatus.check((int) PARAMETER.invokeExact(out, clip, name));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_clip_free}. */
    public static void free(MemorySegment clip) {
        try {
            FREE.invokeExact(clip);
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
