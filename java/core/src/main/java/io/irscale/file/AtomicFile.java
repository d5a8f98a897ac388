package io.irscale.file;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file so that its name only ever shows the whole of it: the bytes go to a hidden file in the same folder, are
 * forced to the disk, and take the name in one atomic move, which replaces an older file. A process killed half-way
 * leaves at most a {@code .irscale-*.tmp} behind.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** What goes into the file. */
    @FunctionalInterface
    public interface Body {
        /**
         * Writes all of it.
         *
         * @param channel the open file, empty, at position 0; it is closed by the caller
         * @throws IOException where the bytes cannot be written
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Adds to the end of a file and forces it to the disk: after a failure the file is as long as before.
     *
     * @param file the file to add to, made where it is missing; its folder must exist
     * @param bytes what is added
     * @throws InvalidInputException if the file cannot be written, naming it
     */
    public static void append(Path file, byte[] bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            long before = channel.size();
            try {
                channel.position(before);
                writeAll(channel, bytes);
                channel.force(true);
            } catch (IOException e) {
                truncateQuietly(channel, before);
                throw e;
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be written (" + FileReason.of(e) + ")", e);
        }
    }

    /**
     * Writes what is in memory already.
     *
     * @param file the file to write; its folder must exist
     * @param bytes all that goes into it
     * @throws InvalidInputException if the file cannot be written, naming it
     */
    public static void write(Path file, byte[] bytes) {
        write(file, channel -> writeAll(channel, bytes));
    }

    private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    private static void truncateQuietly(FileChannel channel, long size) {
        try {
            channel.truncate(size);
        } catch (IOException e) {
            // The failure that cut the write short is already on its way to the caller.
        }
    }

    /**
     * Writes what comes piece by piece.
     *
     * @param file the file to write; its folder must exist
     * @param body writes the bytes; whatever it throws leaves {@code file} as it was
     * @throws InvalidInputException if the file cannot be written, naming it
     */
    public static void write(Path file, Body body) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new InvalidInputException(file + ": is a folder, cannot be written as a file");
        }
        Path temporary = folder.resolve(".irscale-" + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                body.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(folder);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file + ": cannot be written, the folder " + folder + " is not there", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be written (" + FileReason.of(e) + ")", e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /**
     * Makes a folder for files, with those it is in.
     *
     * @throws InvalidInputException if it cannot be made, naming it
     */
    public static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be made (" + FileReason.of(e) + ")", e);
        }
    }

    /** Makes the move itself survive a loss of power. */
    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The failure that left it there is already on its way to the caller.
        }
    }
}
