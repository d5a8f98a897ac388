package io.irscale.tensor;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A dictionary of tensors that {@code torch.save} wrote, in the zip format or in the one before PyTorch 1.6. Of the pickle
 * in it only what such a dictionary is made of is read, see {@link Pickle}: nothing is ever run, and what asks for more is
 * refused by name. The tensors' bytes are copied, so that the file may change afterwards.
 */
public final class TorchFile implements AutoCloseable {
    private static final int ZIP_MAGIC = 0x04034B50;

    private final Path file;
    private final Arena arena;
    private final Map<String, StoredTensor> tensors;

    private TorchFile(Path file, Arena arena, Map<String, StoredTensor> tensors) {
        this.file = file;
        this.arena = arena;
        this.tensors = tensors;
    }

    /** Whether a file is named as {@code torch.save}'s are: {@code *.pth} or {@code *.pt}. */
    public static boolean isNamedSo(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".pth") || name.endsWith(".pt");
    }

    /**
     * Reads a file. The caller owns the result and closes it.
     *
     * @throws InvalidInputException if it is no such file, is cut off, or holds anything but contiguous tensors by name
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the tensors
    public static TorchFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file");
        }
        Arena arena = Arena.ofShared();
        try {
            Map<TorchStorage, MemorySegment> storages = new LinkedHashMap<>();
            Object root = isZip(file) ? TorchZip.read(file, arena, storages) : TorchStream.read(file, arena, storages);
            return new TorchFile(file, arena, tensors(file, root, storages));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static boolean isZip(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            return channel.read(start) == 4 && start.getInt(0) == ZIP_MAGIC;
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
    }

    private static Map<String, StoredTensor> tensors(
            Path file, Object root, Map<TorchStorage, MemorySegment> storages) {
        if (!(root instanceof Map<?, ?> entries)) {
            throw new InvalidInputException(file + ": holds no dictionary, expected tensors by name");
        }
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        entries.forEach((key, value) -> {
            String name = StrictJson.oneLine(String.valueOf(key));
            if (!(value instanceof TorchStorage.View view)) {
                throw new InvalidInputException(file + ": '" + name + "' is no tensor");
            }
            MemorySegment storage = storages.get(view.storage());
            if (storage == null) {
                throw new InvalidInputException(
                        file + ": tensor '" + name + "' is of a storage whose bytes are missing");
            }
            tensors.put(name, view.of(storage, name, file));
        });
        return Collections.unmodifiableMap(tensors);
    }

    /**
     * The tensors by name, in the order in which they were saved.
     *
     * @throws ClosedException if it is closed
     */
    public Map<String, StoredTensor> tensors() {
        checkOpen();
        return tensors;
    }

    /**
     * Ends the life of the tensors' data.
     *
     * @throws ClosedException if it is closed already
     */
    @Override
    public void close() {
        checkOpen();
        arena.close();
    }

    private void checkOpen() {
        if (!arena.scope().isAlive()) {
            throw new ClosedException(file + ": is closed");
        }
    }
}
