package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file of version 2 or 3 (ggml {@code gguf.md}), mapped read-only like a safetensors file. Tensors of ggml's
 * quantised types are {@link StoredTensor#quantization quantised}; shapes are outermost first, or those that ComfyUI-GGUF
 * keeps in {@code comfy.gguf.orig_shape.NAME} where ggml could not express them.
 */
final class GgufFile {
    private static final int MAGIC = 0x46554747; // GGUF
    private static final String ORIGINAL_SHAPE = "comfy.gguf.orig_shape.";
    private static final long MOST_TENSORS = 100_000;
    private static final int MOST_DIMENSIONS = 8;

    private final Path file;
    private final GgufReader reader;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> unread = new LinkedHashMap<>();

    private GgufFile(Path file, GgufReader reader) {
        this.file = file;
        this.reader = reader;
    }

    /** One tensor's entry: sizes outermost first, bytes from {@code offset} after the header on. */
    private record Entry(String name, List<Long> shape, GgmlType type, long offset) {}

    /** Whether a file begins as a GGUF file does. */
    static boolean isOne(FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        return channel.read(start, 0) == 4 && start.getInt(0) == MAGIC;
    }

    /** @param arena owns the mapping */
    static TensorFile map(Path file, FileChannel channel, Arena arena) throws IOException {
        MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        return new GgufFile(file, new GgufReader(file, bytes)).read(bytes);
    }

    private TensorFile read(MemorySegment bytes) {
        reader.u32(); // the magic number
        long version = reader.u32();
        if (version != 2 && version != 3) {
            throw new InvalidInputException(file + ": is GGUF of version " + version + ", expected 2 or 3");
        }
        long count = reader.count("tensors", MOST_TENSORS);
        GgufMetadata metadata = GgufMetadata.read(reader);
        List<Entry> entries = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            entries.add(entry(metadata));
        }
        long alignment = metadata.number("general.alignment").orElse(32L);
        if (alignment < 1 || alignment > 1 << 20) {
            throw new InvalidInputException(
                    file + ": general.alignment is " + alignment + ", expected 1 to " + (1 << 20));
        }
        long start = Math.ceilDiv(reader.position(), alignment) * alignment;
        entries.forEach(entry -> add(entry, bytes, start));
        return new TensorFile(tensors, unread, metadata.texts());
    }

    private Entry entry(GgufMetadata metadata) {
        String name = reader.text();
        if (!SafetensorsHeader.isPrintable(name)) {
            throw new InvalidInputException(
                    file + ": tensor '" + StrictJson.oneLine(name) + "' has control characters in its name");
        }
        long dimensions = reader.u32();
        if (dimensions > MOST_DIMENSIONS) {
            throw new InvalidInputException(file + ": tensor '" + StrictJson.oneLine(name) + "' has " + dimensions
                    + " dimensions, expected at most " + MOST_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>();
        for (long i = 0; i < dimensions; i++) {
            shape.addFirst(reader.u64());
        }
        GgmlType type = GgmlType.of(reader.u32());
        List<Long> original = metadata.numbers(ORIGINAL_SHAPE + name).orElse(shape);
        if (!original.equals(shape) && elements(name, original) != elements(name, shape)) {
            throw new InvalidInputException(file + ": tensor '" + StrictJson.oneLine(name) + "' of shape " + shape
                    + " cannot have had the shape " + original + " of " + ORIGINAL_SHAPE);
        }
        return new Entry(name, original, type, reader.u64());
    }

    private void add(Entry entry, MemorySegment bytes, long start) {
        Optional<Packing> packing = entry.type.packing();
        if (packing.isEmpty()) {
            unread.put(entry.name, entry.type.name());
            return;
        }
        String tensor = file + ": tensor '" + StrictJson.oneLine(entry.name) + "' of shape " + entry.shape;
        try {
            long size = packing.get().bytesOf(elements(entry.name, entry.shape));
            long at = Math.addExact(start, entry.offset);
            if (entry.offset < 0 || size > bytes.byteSize() - at) {
                throw new InvalidInputException(
                        tensor + " ends at byte " + (at + size) + " of a file of " + bytes.byteSize() + " (cut off?)");
            }
            MemorySegment data = bytes.asSlice(at, size);
            StoredTensor stored = DType.ofName(packing.get().name())
                    .map(dtype -> new StoredTensor(entry.name, dtype, entry.shape, data, file))
                    .orElseGet(() -> new StoredTensor(
                            entry.name,
                            DType.F32,
                            entry.shape,
                            data,
                            file,
                            Optional.of(Quantization.blocks(packing.get()))));
            if (tensors.putIfAbsent(entry.name, stored) != null) {
                throw new InvalidInputException(tensor + " is there twice");
            }
        } catch (ArithmeticException e) {
            throw new InvalidInputException(tensor + " overflows 64 bits", e);
        }
    }

    private long elements(String name, List<Long> shape) {
        try {
            return StoredTensor.byteSize(DType.U8, shape);
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    file + ": tensor '" + StrictJson.oneLine(name) + "' of shape " + shape + " overflows 64 bits", e);
        }
    }
}
