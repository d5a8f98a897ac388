package io.irscale.file;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps others from writing to a folder: the system's lock on the file {@value #NAME} in it, which ends with the process
 * however that ends, so that a file left behind by a killed one locks nobody out. It holds between processes and within
 * one.
 */
public final class FolderLock implements AutoCloseable {
    /** The file's name. */
    public static final String NAME = ".irscale.lock";

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Locks a folder, which must be there. The caller closes the lock.
     *
     * @throws InvalidInputException if another run holds it, or the folder cannot be written to
     */
    public static FolderLock of(Path folder) {
        Path file = folder.resolve(NAME);
        try {
            while (true) {
                FolderLock lock = open(folder, file);
                if (lock != null) {
                    return lock;
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written to (" + FileReason.of(e) + ")", e);
        }
    }

    // Null where the file was taken away meanwhile by the run that held it. No second channel may be opened on the
    // file:
    // closing it would end the process's lock (POSIX, fcntl).
    @SuppressWarnings("MustBeClosedChecker") // closed here, or by the lock's owner
    private static @Nullable FolderLock open(Path folder, Path file) throws IOException {
        boolean created = !Files.exists(file) && createUnlessThere(file);
        boolean kept = false;
        FileChannel channel = null;
        try {
            Object before = key(file);
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw taken(folder);
            }
            kept = Objects.equals(before, key(file));
            return kept ? new FolderLock(file, channel) : null;
        } catch (OverlappingFileLockException e) {
            throw taken(folder);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            if (created) {
                Files.deleteIfExists(file);
            }
            throw e;
        } finally {
            if (!kept && channel != null) {
                channel.close();
            }
        }
    }

    private static boolean createUnlessThere(Path file) throws IOException {
        try {
            Files.createFile(file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false; // another run was faster
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static InvalidInputException taken(Path folder) {
        return new InvalidInputException(
                folder + ": another run writes to it; wait for its end, or give another folder");
    }

    /** Gives the folder back, and takes the file away. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The lock ends with the channel; the file does no harm.
        }
    }
}
