package io.irscale.ffi;

import io.irscale.error.ClosedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A native object with one owner. It belongs to the thread that made it: FFM itself refuses its use after
 * {@link #close}, from another thread ({@link WrongThreadException}), and a close during a call. Nothing is freed by
 * the garbage collector; a forgotten object is only reported.
 */
public final class NativeObject implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeObject.class);
    private static final Cleaner CLEANER = Cleaner.create();

    private final String kind;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment handle;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private NativeObject(String kind, MemorySegment raw, Consumer<MemorySegment> free) {
        this.kind = kind;
        this.handle = raw.reinterpret(arena, free);
        AtomicBoolean flag = open;
        CLEANER.register(this, () -> {
            if (flag.get()) {
                LOG.warn("a {} was never closed; its native memory is lost", kind);
            }
        });
    }

    /**
     * Makes an object by a function that writes its handle.
     *
     * @param kind what it is, for messages
     * @param create fills the {@code T **out} that it is given
     * @param free the matching {@code irs_*_free}
     */
    public static NativeObject create(String kind, Consumer<MemorySegment> create, Consumer<MemorySegment> free) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment out = call.allocate(ValueLayout.ADDRESS);
            create.accept(out);
            return new NativeObject(kind, out.get(ValueLayout.ADDRESS, 0), free);
        }
    }

    /** Takes over a handle that a call wrote to {@code out}. */
    public static NativeObject adopt(String kind, MemorySegment out, Consumer<MemorySegment> free) {
        return new NativeObject(kind, out.get(ValueLayout.ADDRESS, 0), free);
    }

    /** The handle, to be passed to a downcall, by itself or in an array, where FFM would not check it. */
    public MemorySegment handle() {
        if (!arena.scope().isAlive()) {
            throw new ClosedException("the " + kind + " was closed");
        }
        if (!handle.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the " + kind + " belongs to another thread");
        }
        return handle;
    }

    /** Memory that the object owns, readable while it is open. */
    public MemorySegment view(MemorySegment address, long bytes) {
        return address.reinterpret(bytes, arena, null);
    }

    /**
     * Frees the object.
     *
     * @throws ClosedException if it was closed before
     * @throws WrongThreadException on a thread other than its owner's
     */
    @Override
    public void close() {
        try {
            arena.close();
        } catch (WrongThreadException e) {
            throw e;
        } catch (IllegalStateException e) {
            throw new ClosedException("the " + kind + " was closed before", e);
        }
        open.set(false);
    }
}
