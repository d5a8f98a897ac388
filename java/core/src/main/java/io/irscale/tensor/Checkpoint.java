package io.irscale.tensor;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of one model: a single safetensors or GGUF file, or the shards that a {@code *.safetensors.index.json}
 * lists. Quantised weights are one tensor each: their scales and what describes them are in it.
 * Files are mapped, not read; they must not be shortened by others while the checkpoint is open. A file that is, is refused
 * where its values are read, and while a model is loaded; a model on the CPU that uses the mapping itself (see
 * {@link LoadedModel}) cannot tell, and a file cut after that ends the process. Any thread may use it.
 */
public final class Checkpoint implements AutoCloseable {
    private final Path path;
    private final Arena arena;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> unread = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private Checkpoint(Path path, Arena arena) {
        this.path = path;
        this.arena = arena;
    }

    /**
     * Opens a model's weights. The caller owns the result and closes it.
     *
     * @param path a {@code .safetensors} or {@code .gguf} file, a {@code *.index.json}, or a folder
     * @param baseNames for a folder: the names looked for, in order, such as {@code diffusion_pytorch_model} or
     *     {@code model}; each as {@code <name>.safetensors} or {@code <name>.safetensors.index.json}, or, where neither is
     *     there, the only variant of these names, such as {@code <name>.fp16.safetensors}
     * @throws InvalidInputException if there are no such weights, they are pickled, a file is malformed or has a dtype
     *     that irscale lacks, a shard is missing, an index disagrees with its shards, or two shards hold a tensor of
     *     the same name
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the checkpoint
    public static Checkpoint open(Path path, String... baseNames) {
        CheckpointFiles located = CheckpointFiles.locate(path, List.of(baseNames));
        Arena arena = Arena.ofShared();
        try {
            return CutFile.refuse(path, () -> {
                Checkpoint checkpoint = new Checkpoint(path, arena);
                located.files().forEach(checkpoint::add);
                located.owners().forEach(checkpoint::checkOwner);
                checkpoint.resolveQuantization();
                return checkpoint;
            });
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private void add(Path shard) {
        TensorFile file = map(shard);
        file.tensors().forEach((name, tensor) -> {
            StoredTensor other = tensors.putIfAbsent(name, tensor);
            if (other != null) {
                throw new InvalidInputException(
                        shard + ": holds tensor '" + name + "', which " + other.file() + " holds too");
            }
        });
        unread.putAll(file.unread());
        file.metadata().forEach(metadata::putIfAbsent);
    }

    private TensorFile map(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return GgufFile.isOne(channel)
                    ? GgufFile.map(file, channel, arena)
                    : SafetensorsFile.map(file, channel, arena);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + FileReason.of(e), e);
        }
    }

    private void resolveQuantization() {
        BitsAndBytesWeights.resolve(tensors);
        ForeignQuantization.refuse(tensors.values());
        ScaledWeights.resolve(path, tensors, metadata);
    }

    private void checkOwner(String name, Path owner) {
        StoredTensor tensor = tensors.get(name);
        if (!unread.containsKey(name) && (tensor == null || !tensor.file().equals(owner))) {
            throw new InvalidInputException(
                    owner + ": does not hold tensor '" + StrictJson.oneLine(name) + "', though the index says so");
        }
    }

    /**
     * The tensors by name: shards in the order in which the index first names them, each in the order of its bytes. A
     * tensor that its shard holds but the index omits is among them; those of dtypes that irscale does not know are not.
     *
     * @throws ClosedException if it is closed
     */
    public Map<String, StoredTensor> tensors() {
        checkOpen();
        return Collections.unmodifiableMap(tensors);
    }

    /** The names of all tensors, those too that irscale does not read. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(tensors().keySet());
        names.addAll(unread.keySet());
        return names;
    }

    /**
     * The tensor of that name.
     *
     * @throws InvalidInputException if there is none
     * @throws ClosedException if it is closed
     */
    public StoredTensor tensor(String name) {
        StoredTensor tensor = tensors().get(name);
        if (tensor == null) {
            String type = unread.get(name);
            throw new InvalidInputException(path + ": tensor '" + name + "' "
                    + (type == null ? "is missing" : "has dtype '" + type + "', which irscale does not read"));
        }
        return tensor;
    }

    /**
     * The free-form strings of the headers; where shards disagree, the first one's.
     *
     * @throws ClosedException if it is closed
     */
    public Map<String, String> metadata() {
        checkOpen();
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * Unmaps the files and so ends the life of the tensors' data, which must not be in use by a native call.
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
            throw new ClosedException(path + ": is closed");
        }
    }
}
