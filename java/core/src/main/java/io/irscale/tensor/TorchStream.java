package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code torch.save} wrote before PyTorch 1.6 (torch {@code serialization.py}, {@code _legacy_load}): pickles of a magic
 * number, the version, the machine, the value and the storages' keys, then each storage as its number of elements and
 * their bytes.
 */
final class TorchStream {
    /** Of copies, in bytes: what vector instructions like. */
    static final long ALIGNMENT = 64;

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private TorchStream() {}

    /** Gives the pickled value, and fills {@code storages} with copies in {@code arena}. */
    static Object read(Path file, Arena arena, Map<TorchStorage, MemorySegment> storages) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena mapping = Arena.ofConfined()) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new InvalidInputException(
                        "%s: has %d bytes, expected at most %d".formatted(file, channel.size(), Integer.MAX_VALUE));
            }
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), mapping);
            ByteBuffer bytes = all.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            Pickle pickles = new Pickle(bytes, file);
            if (!MAGIC.equals(pickles.next()) || !Long.valueOf(VERSION).equals(pickles.next())) {
                throw new InvalidInputException(file + ": does not begin as a file of torch.save does");
            }
            if (!(pickles.next() instanceof Map<?, ?> machine) || !Boolean.TRUE.equals(machine.get("little_endian"))) {
                throw new InvalidInputException(file + ": has another byte order than little");
            }
            Object root = pickles.next();
            if (!(pickles.next() instanceof List<?> keys)) {
                throw new InvalidInputException(file + ": lists no storages");
            }
            Map<String, TorchStorage> named = new HashMap<>();
            pickles.storages().forEach(storage -> named.put(storage.key(), storage));
            for (Object key : keys) {
                TorchStorage storage = named.get(String.valueOf(key));
                if (storage == null) {
                    throw new InvalidInputException(file + ": lists a storage that no tensor is of");
                }
                storages.put(storage, copy(all, bytes, storage, file, arena));
            }
            return root;
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
    }

    private static MemorySegment copy(
            MemorySegment all, ByteBuffer bytes, TorchStorage storage, Path file, Arena arena) {
        long size = storage.bytes(file);
        if (bytes.remaining() < Long.BYTES || bytes.getLong() != storage.elements() || bytes.remaining() < size) {
            throw new InvalidInputException("%s: storage '%s' of %d elements is cut off, or has another number"
                    .formatted(file, StrictJson.oneLine(storage.key()), storage.elements()));
        }
        MemorySegment copy = arena.allocate(size, ALIGNMENT);
        MemorySegment.copy(all, bytes.position(), copy, 0, size);
        bytes.position(bytes.position() + Math.toIntExact(size));
        return copy.asReadOnly();
    }
}
