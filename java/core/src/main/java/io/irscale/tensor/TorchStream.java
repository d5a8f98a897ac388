package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code torch.save} wrote before PyTorch 1.6 (torch {@code serialization.py}, {@code _legacy_load}): pickles of a magic
 * number, the version, the machine, the value and the storages' keys, then each storage as its number of elements and
 * their bytes.
 */
final class TorchStream {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TorchStream() {}

    /** Reads a mapped file. */
    static TorchContent read(MemorySegment all, Path file) {
        // All pickles come before the storages.
        ByteBuffer bytes =
                all.asSlice(0, Math.min(all.byteSize(), Integer.MAX_VALUE)).asByteBuffer();
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
        Map<TorchStorage, MemorySegment> storages = new LinkedHashMap<>();
        long at = bytes.position();
        for (Object key : keys) {
            TorchStorage storage = key instanceof String name ? named.get(name) : null;
            if (storage == null || storages.containsKey(storage)) {
                throw new InvalidInputException(file + ": lists a storage that no tensor is of, or twice");
            }
            MemorySegment piece = piece(all, at, storage, file);
            storages.put(storage, piece);
            at += Long.BYTES + piece.byteSize();
        }
        return new TorchContent(root, storages);
    }

    private static MemorySegment piece(MemorySegment all, long at, TorchStorage storage, Path file) {
        long size = storage.bytes(file);
        long left = all.byteSize() - at - Long.BYTES;
        if (left < size || all.get(LONG, at) != storage.elements()) {
            throw new InvalidInputException("%s: storage '%s' of %d elements is cut off, or has another number"
                    .formatted(file, StrictJson.oneLine(storage.key()), storage.elements()));
        }
        return all.asSlice(at + Long.BYTES, size);
    }
}
