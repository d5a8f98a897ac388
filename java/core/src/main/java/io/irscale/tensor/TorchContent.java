package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code torch.save} file holds.
 *
 * @param root the pickled value, see {@link Pickle}
 * @param storages where the bytes of those that are in the file lie
 */
record TorchContent(Object root, Map<TorchStorage, MemorySegment> storages) {
    // Where training scripts keep the weights beside the optimizer, the epoch and so on.
    private static final List<String> PLACES = List.of("state_dict", "model_state_dict", "model", "module");

    // Of copies, in bytes: what vector instructions like.
    private static final long ALIGNMENT = 64;

    /**
     * The tensors by name; whatever else lies beside them is left out.
     *
     * @param arena for copies of what lies at addresses that do not suit its type, as files before PyTorch 1.6 have it
     */
    Map<String, StoredTensor> tensors(Path file, Arena arena) {
        Map<?, ?> weights = weights(file);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<TorchStorage, MemorySegment> aligned = new HashMap<>();
        weights.forEach((key, value) -> {
            if (value instanceof TorchStorage.View view) {
                String name = StrictJson.oneLine(String.valueOf(key));
                MemorySegment bytes = aligned.computeIfAbsent(
                        view.storage(), storage -> aligned(bytes(storage, name, file), storage.dtype(), arena));
                tensors.put(name, view.of(bytes, name, file));
            }
        });
        return tensors;
    }

    private Map<?, ?> weights(Path file) {
        if (!(root instanceof Map<?, ?> top)) {
            throw new InvalidInputException(file + ": holds no dictionary, expected tensors by name");
        }
        if (holdsTensors(top)) {
            return top;
        }
        for (String place : PLACES) {
            if (holdsTensors(top.get(place)) && top.get(place) instanceof Map<?, ?> inner) {
                return inner;
            }
        }
        throw new InvalidInputException(
                file + ": holds no tensors by name, neither at the top nor under " + String.join(", ", PLACES));
    }

    private static boolean holdsTensors(@Nullable Object value) {
        return value instanceof Map<?, ?> map && map.values().stream().anyMatch(TorchStorage.View.class::isInstance);
    }

    private MemorySegment bytes(TorchStorage storage, String name, Path file) {
        MemorySegment bytes = storages.get(storage);
        if (bytes == null || bytes.byteSize() != storage.bytes(file)) {
            throw new InvalidInputException("%s: storage '%s' of tensor '%s' is %s, expected %d bytes, not compressed"
                    .formatted(
                            file,
                            StrictJson.oneLine(storage.key()),
                            name,
                            bytes == null ? "missing" : bytes.byteSize() + " bytes",
                            storage.bytes(file)));
        }
        return bytes;
    }

    private static MemorySegment aligned(MemorySegment bytes, DType dtype, Arena arena) {
        if (bytes.address() % dtype.bytes() == 0) {
            return bytes;
        }
        return arena.allocate(bytes.byteSize(), ALIGNMENT).copyFrom(bytes).asReadOnly();
    }
}
