package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Files that another process shortens while they are mapped: the JVM has an error for reading what is gone. */
final class CutFile {
    private CutFile() {}

    /**
     * What {@code read} gives.
     *
     * @param file what it reads, for messages
     * @throws InvalidInputException if the file was shortened meanwhile
     */
    static <T> T refuse(Path file, Supplier<T> read) {
        try {
            return read.get();
        } catch (InternalError e) {
            throw refusal(file, e);
        }
    }

    static RuntimeException refusal(Path file, InternalError e) {
        // HotSpot's words for SIGBUS; every other one is a fault of the JVM.
        if (e.getMessage() == null || !e.getMessage().contains("unsafe memory access")) {
            throw e;
        }
        return new InvalidInputException(
                file + ": was cut off while it was open; copy the file again, and let nothing write to it meanwhile",
                e);
    }
}
