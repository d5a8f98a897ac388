package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The arrays of a file that {@code numpy.savez} or {@code numpy.savez_compressed} wrote, a zip of one file an array. */
final class NpzFile implements AutoCloseable {
    private static final String ENDING = ".npy";
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final ZipFile zip;

    private NpzFile(Path file, ZipFile zip) {
        this.file = file;
        this.zip = zip;
    }

    /** Takes the numbers of an array; the last index of {@code at} runs fastest. */
    interface Sink {
        void put(int at, double value);
    }

    private interface Reading<T> {
        T of(InputStream in, String where) throws IOException;
    }

    /** @throws InvalidInputException if it cannot be read or is no zip */
    static NpzFile open(Path file) {
        try {
            return new NpzFile(file, new ZipFile(file.toFile()));
        } catch (ZipException e) {
            throw new InvalidInputException(
                    "%s: is no whole zip, which a .npz is (%s); expected one of numpy.savez"
                            .formatted(file, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read", e);
        }
    }

    /** The names of its arrays. */
    List<String> arrays() {
        return zip.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.endsWith(ENDING))
                .map(name -> name.substring(0, name.length() - ENDING.length()))
                .toList();
    }

    /** What an array says of itself; its numbers are not read. */
    NpyHeader header(String array) {
        return read(array, NpyHeader::read);
    }

    /**
     * Reads an array, with no more memory than {@code to} takes.
     *
     * @param header what it said of itself
     * @throws InvalidInputException if it says something else now, or has fewer or more numbers
     */
    void read(String array, NpyHeader header, Sink to) {
        long expected = entry(array).getCrc();
        read(array, (in, where) -> {
            CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
            boolean same = NpyHeader.read(checked, where).equals(header);
            int count = header.count();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(header.order());
            for (int at = 0; at < count; ) {
                int numbers = Math.min(BUFFER / header.type().bytes(), count - at);
                int bytes = numbers * header.type().bytes();
                if (checked.readNBytes(buffer.array(), 0, bytes) < bytes) {
                    throw new EOFException();
                }
                buffer.rewind();
                for (int i = 0; i < numbers; i++, at++) {
                    to.put(header.place(at), header.type().next(buffer));
                }
            }
            if (!same || checked.read() >= 0 || checked.getChecksum().getValue() != expected) {
                throw new InvalidInputException(
                        "%s has not the %d numbers of its shape or another checksum, expected a whole file"
                                .formatted(where, count));
            }
            return count;
        });
    }

    private <T> T read(String array, Reading<T> reading) {
        String where = file + ": " + array;
        try (InputStream in = zip.getInputStream(entry(array))) {
            return reading.of(in, where);
        } catch (EOFException e) {
            throw new InvalidInputException(where + " is cut off, expected a whole file", e);
        } catch (IOException e) {
            throw new InvalidInputException(where + " cannot be read, is the file damaged?", e);
        }
    }

    private ZipEntry entry(String array) {
        ZipEntry entry = zip.getEntry(array + ENDING);
        if (entry == null) {
            throw new InvalidInputException("%s: holds no %s".formatted(file, array));
        }
        return entry;
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read", e);
        }
    }
}
