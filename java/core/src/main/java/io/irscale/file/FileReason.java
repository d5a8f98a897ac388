package io.irscale.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file cannot be read or written, in the system's words: Java's own messages name a class, or another file. */
public final class FileReason {
    private FileReason() {}

    /** In one line, of an {@link IOException} or one that a stream of files wrapped. */
    public static String of(Exception failure) {
        Throwable e = failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it is not there";
            case NotDirectoryException _ -> "it is no folder";
            case FileSystemException system when system.getReason() != null -> line(system.getReason());
            case FileSystemException _ -> e.getClass().getSimpleName();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : line(e.getMessage());
        };
    }

    private static String line(String text) {
        return text.replace('\n', ' ');
    }
}
