package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What {@code torch.save} writes from PyTorch 1.6 on: a zip with {@code data.pkl} and a file for each storage. */
final class TorchZip {
    private static final String PICKLE = "/data.pkl";

    private TorchZip() {}

    /** Gives the pickled value, and fills {@code storages} with copies in {@code arena}. */
    static Object read(Path file, Arena arena, Map<TorchStorage, MemorySegment> storages) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String pickle = zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(PICKLE))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException(file + ": is a zip without data.pkl"));
            String folder = pickle.substring(0, pickle.length() - PICKLE.length() + 1);
            ZipEntry order = zip.getEntry(folder + "byteorder");
            if (order != null && !text(zip, order).equals("little")) {
                throw new InvalidInputException(file + ": has another byte order than little");
            }
            Pickle read = new Pickle(ByteBuffer.wrap(bytes(zip, zip.getEntry(pickle))), file);
            Object root = read.next();
            for (TorchStorage storage : read.storages()) {
                storages.put(storage, storage(zip, folder + "data/" + storage.key(), storage, file, arena));
            }
            return root;
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read as a zip: " + StrictJson.oneLine(e.toString()), e);
        }
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes(Pickle.MOST_BYTES + 1); // one too many is refused there
        }
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(16), StandardCharsets.US_ASCII).strip();
        }
    }

    private static MemorySegment storage(ZipFile zip, String name, TorchStorage storage, Path file, Arena arena)
            throws IOException {
        ZipEntry entry = zip.getEntry(name);
        long bytes = storage.bytes(file);
        // What is stored is no longer than the file; what is compressed could be.
        if (entry == null || entry.getMethod() != ZipEntry.STORED || entry.getSize() != bytes) {
            throw new InvalidInputException("%s: storage '%s' is %s, expected %d bytes, not compressed"
                    .formatted(
                            file,
                            StrictJson.oneLine(storage.key()),
                            entry == null ? "missing" : entry.getSize() + " bytes",
                            bytes));
        }
        try (InputStream in = zip.getInputStream(entry)) {
            MemorySegment memory = arena.allocate(bytes, TorchStream.ALIGNMENT);
            byte[] chunk = new byte[1 << 16];
            long at = 0;
            for (int n = in.read(chunk); n > 0 && n <= bytes - at; n = in.read(chunk)) {
                MemorySegment.copy(chunk, 0, memory, ValueLayout.JAVA_BYTE, at, n);
                at += n;
            }
            if (at != bytes) {
                throw new InvalidInputException(file + ": has a storage of another length than its directory says");
            }
            return memory.asReadOnly();
        }
    }
}
