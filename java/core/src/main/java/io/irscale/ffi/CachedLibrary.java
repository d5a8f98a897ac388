package io.irscale.ffi;

import io.irscale.error.InvalidInputException;
import io.irscale.error.LibraryException;
import io.irscale.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A native library that the class path holds and a folder has a copy of. A copy that was cut short would end every process
 * that loads it, with a signal and not an error: so it is compared each time, and replaced where it differs.
 */
public final class CachedLibrary {
    private CachedLibrary() {}

    /**
     * Makes {@code file} hold {@code library}. Processes that run with another one keep it.
     *
     * @param file in a folder that is there
     * @return {@code file}
     * @throws LibraryException if it does not and cannot be written
     */
    public static Path write(Path file, byte[] library) {
        if (holds(file, library)) {
            return file;
        }
        try {
            AtomicFile.write(file, library);
            return file;
        } catch (InvalidInputException e) {
            throw new LibraryException(
                    e.getMessage() + "; set IRSCALE_CACHE to a folder you may write to, with "
                            + ((library.length >> 20) + 1) + " MB free",
                    e);
        }
    }

    private static boolean holds(Path file, byte[] library) {
        try {
            return Files.isRegularFile(file)
                    && Files.size(file) == library.length
                    && Arrays.equals(Files.readAllBytes(file), library);
        } catch (IOException e) {
            // Writing it anew tells what is wrong, if that fails too.
            return false;
        }
    }
}
