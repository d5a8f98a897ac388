package io.irscale.tensor;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A dictionary of tensors that {@code torch.save} wrote, in the zip format or in the one before PyTorch 1.6, by itself or
 * in a training checkpoint. Of the pickle in it only what such files are made of is read, see {@link Pickle}: nothing is
 * ever run, and what asks for more is refused by name. The file is mapped, not read; it must not be shortened by others
 * while this is open.
 */
public final class TorchFile implements AutoCloseable {
    private final Path file;
    private final Arena arena;
    private final Map<String, StoredTensor> tensors;

    private TorchFile(Path file, Arena arena, Map<String, StoredTensor> tensors) {
        this.file = file;
        this.arena = arena;
        this.tensors = tensors;
    }

    /** Whether a file is named as {@code torch.save}'s are: {@code *.pth}, {@code *.pt}, {@code *.bin} or {@code *.ckpt}. */
    public static boolean isNamedSo(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return Stream.of(".pth", ".pt", ".bin", ".ckpt").anyMatch(name::endsWith);
    }

    /**
     * Reads a file. The caller owns the result and closes it.
     *
     * @throws InvalidInputException if it is no such file, is cut off, or holds no contiguous tensors by name
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the tensors
    public static TorchFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file");
        }
        Arena arena = Arena.ofShared();
        try {
            return CutFile.refuse(file, () -> {
                MemorySegment mapped = map(file, arena);
                TorchContent content =
                        ZipDirectory.isZip(mapped) ? TorchZip.read(mapped, file) : TorchStream.read(mapped, file);
                return new TorchFile(file, arena, Collections.unmodifiableMap(content.tensors(file, arena)));
            });
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the mapping outlives the channel
    private static MemorySegment map(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + FileReason.of(e), e);
        }
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
