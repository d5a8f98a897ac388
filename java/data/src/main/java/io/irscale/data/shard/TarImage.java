package io.irscale.data.shard;

import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An image inside a tar. Only its own bytes are read.
 *
 * @param file the tar
 * @param entry the entry's whole name
 * @param offset where its bytes begin in the tar
 * @param length bytes, at most {@link TarShard#MOST_BYTES}
 */
public record TarImage(Path file, String entry, long offset, int length) implements ImageSource {
    @Override
    public String name() {
        return entry.substring(entry.lastIndexOf('/') + 1);
    }

    @Override
    public String identity() {
        return file.toAbsolutePath().normalize() + " " + entry;
    }

    @Override
    public byte[] bytes() {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < offset + length) {
                throw new InvalidInputException(this + ": the tar became shorter after it was opened");
            }
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new InvalidInputException(this + ": the tar became shorter while it was read");
                }
            }
            return bytes.array();
        } catch (IOException | OutOfMemoryError e) {
            throw Damage.of(toString(), "", e);
        }
    }

    @Override
    public String toString() {
        return file + " entry " + entry;
    }
}
