package io.irscale.ffi;

import io.irscale.error.ClosedException;
import io.irscale.error.DeviceMemoryException;
import io.irscale.error.InternalException;
import io.irscale.error.InvalidInputException;
import io.irscale.error.LibraryException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Status codes of {@code irscale.h} as exceptions. */
public final class NativeStatus {
    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = -1;
    private static final int OUT_OF_MEMORY = -2;
    private static final int NOT_LOADED = -3;

    private static final MethodHandle LAST_ERROR = NativeLibrary.bind("irs_last_error", ValueLayout.ADDRESS);

    private NativeStatus() {}

    /** Throws what a failed call stands for. The text is per thread: call this on the thread that made the call. */
    static void check(int status) {
        switch (status) {
            case OK -> {}
            case INVALID_ARGUMENT -> throw new InvalidInputException(lastError());
            case OUT_OF_MEMORY -> throw new DeviceMemoryException(lastError());
            case NOT_LOADED -> throw new LibraryException(lastError());
            default -> throw new InternalException(lastError());
        }
    }

    /** What a downcall itself threw: FFM refuses closed handles and foreign threads before native code runs. */
    static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case IllegalStateException closed ->
                new ClosedException("a native object was used after it was closed", closed);
            case RuntimeException thrown -> thrown;
            case Error error -> throw error;
            default -> new InternalException("a native call failed: " + e, e);
        };
    }

    private static String lastError() {
        try {
            MemorySegment text = (MemorySegment) LAST_ERROR.invokeExact();
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}
