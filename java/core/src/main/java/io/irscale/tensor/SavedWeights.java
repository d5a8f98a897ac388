package io.irscale.tensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors of a model, be they in safetensors files or in one that {@code torch.save} wrote. */
public final class SavedWeights implements AutoCloseable {
    private final AutoCloseable memory;
    private final Map<String, StoredTensor> tensors;

    private SavedWeights(AutoCloseable memory, Map<String, StoredTensor> tensors) {
        this.memory = memory;
        this.tensors = tensors;
    }

    /**
     * Opens a model's weights. The caller owns the result and closes it.
     *
     * @param path a file of either kind, or a folder
     * @param safetensors for a folder: the names looked for first, see {@link Checkpoint#open}
     * @param torch for a folder: the files looked for where there is none of these
     * @throws io.irscale.error.InvalidInputException if there are no such weights, or they cannot be read
     */
    public static SavedWeights open(Path path, List<String> safetensors, List<String> torch) {
        Optional<Path> pickled = pickled(path, safetensors, torch);
        if (pickled.isPresent()) {
            TorchFile file = TorchFile.open(pickled.get());
            return new SavedWeights(file, file.tensors());
        }
        Checkpoint checkpoint = Checkpoint.open(path, safetensors.toArray(String[]::new));
        return new SavedWeights(checkpoint, checkpoint.tensors());
    }

    private static Optional<Path> pickled(Path path, List<String> safetensors, List<String> torch) {
        if (!Files.isDirectory(path)) {
            return Optional.of(path).filter(TorchFile::isNamedSo);
        }
        boolean safe = safetensors.stream()
                .map(name -> name + ".safetensors")
                .anyMatch(name -> Files.exists(path.resolve(name)) || Files.exists(path.resolve(name + ".index.json")));
        return safe
                ? Optional.empty()
                : torch.stream().map(path::resolve).filter(Files::exists).findFirst();
    }

    /** The tensors by name; valid until this closes. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        try {
            memory.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing a model's files failed", e);
        }
    }
}
