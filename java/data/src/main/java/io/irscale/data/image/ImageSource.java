package io.irscale.data.image;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the bytes of an image lie: in a file of its own, or inside a shard with many. Immutable; its text is the place, for
 * messages, and equal ones are the same image.
 */
public interface ImageSource {
    /** What it is called there, with its ending, such as {@code FLIR_00001.tiff}. */
    String name();

    /** The file that holds it: its own, or the shard. */
    Path file();

    /** The same text for the same image however its folder was named. */
    String identity();

    /**
     * Reads it.
     *
     * @throws InvalidInputException if it is not there or cannot be read
     */
    byte[] bytes();

    /** An image in a file of its own. */
    static ImageSource of(Path file) {
        return new OfFile(file);
    }

    /**
     * An image in a file of its own.
     *
     * @param file the file
     */
    record OfFile(Path file) implements ImageSource {
        @Override
        public String name() {
            return file.getFileName().toString();
        }

        @Override
        public String identity() {
            return file.toAbsolutePath().normalize().toString();
        }

        @Override
        public byte[] bytes() {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInputException(file + ": is not a file");
            }
            try {
                return Files.readAllBytes(file);
            } catch (IOException | OutOfMemoryError e) {
                throw new InvalidInputException(file + ": cannot be read: " + Reason.of(e), e);
            }
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }
}
