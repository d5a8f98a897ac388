package io.irscale.lora;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An opened LoRA file of any published FLUX format. It is mapped, not read; what {@link #match} gives shares its bytes.
 * Any thread may use it.
 */
public final class LoraFile implements AutoCloseable {
    private static final String SUFFIX = ".safetensors";
    private static final String[] NAMES = {"pytorch_lora_weights", "adapter_model"};
    private static final int SHOWN = 4;

    private final Path path;
    private final Checkpoint checkpoint;
    private final LoraFormat format;
    private final LoraMetadata metadata;
    private final Arena arena = Arena.ofShared();

    private LoraFile(Path path, Checkpoint checkpoint) {
        this.path = path;
        this.checkpoint = checkpoint;
        format = LoraFormat.of(checkpoint.tensors().keySet());
        Path file = checkpoint.tensors().values().stream()
                .findFirst()
                .map(StoredTensor::file)
                .orElse(path);
        metadata = LoraMetadata.read(file, checkpoint.metadata());
    }

    /**
     * Opens a {@code .safetensors} file, of whatever format: {@link #match} refuses those that cannot be applied. The
     * caller owns the result and closes it.
     *
     * @param path the file, or a folder with {@code pytorch_lora_weights.safetensors} (diffusers), {@code
     *     adapter_model.safetensors} (PEFT) or a single file of any name that ends in {@code .safetensors}
     * @throws InvalidInputException if the file is missing, pickled or malformed, or its adapter metadata is
     */
    public static LoraFile open(Path path) {
        Checkpoint checkpoint = Checkpoint.open(located(path), NAMES);
        try {
            return new LoraFile(path, checkpoint);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * The file that {@link #open} reads for {@code path}.
     *
     * @throws InvalidInputException if that is a folder with several, none of which has one of the usual names
     */
    public static Path located(Path path) {
        if (!Files.isDirectory(path)) {
            return path;
        }
        for (String name : NAMES) {
            Path file = path.resolve(name + SUFFIX);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        List<Path> files = safetensors(path);
        if (files.isEmpty()) {
            return path; // an index, or nothing
        }
        if (files.size() > 1) {
            String names = files.stream()
                    .limit(SHOWN)
                    .map(file -> file.getFileName().toString())
                    .collect(Collectors.joining(", "));
            throw new InvalidInputException("%s: has %d files, %s%s; name the one that is meant"
                    .formatted(path, files.size(), names, files.size() > SHOWN ? " and others" : ""));
        }
        return files.getFirst();
    }

    private static List<Path> safetensors(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidInputException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** Who wrote it. */
    public LoraFormat format() {
        return format;
    }

    /**
     * All tensors by key, in file order.
     *
     * @throws ClosedException if it is closed
     */
    public Map<String, StoredTensor> tensors() {
        return checkpoint.tensors();
    }

    /**
     * The updates that the file holds for a model. Where diffusers, reading the same file ({@code
     * loaders/lora_conversion_utils.py}), drops a kohya file's embedders, final layer and that layer's alpha, fails on
     * {@code base_model.model.} before its own names, or ignores {@code diffusion_model.} before original ones, these
     * are applied. ComfyUI ({@code comfy/lora.py}, {@code comfy/weight_adapter}) and LyCORIS ({@code lycoris/modules}) are
     * followed for what they write: LoKr, LoHa, DoRA and differences.
     *
     * @param transformer the FLUX transformer's layers
     * @param clip the CLIP text encoder's layers
     * @throws InvalidInputException if the format is not supported, no key fits, factors lack their other half, do not
     *     meet or do not fit their layer, or a layer gets two updates; the message names the key
     * @throws ClosedException if it is closed
     */
    public Lora match(LoraModules transformer, LoraModules clip) {
        format.requireSupported(path, tensors().keySet());
        LoraMatcher matcher = new LoraMatcher(
                path, Map.of(LoraTarget.TRANSFORMER, transformer, LoraTarget.CLIP, clip), metadata, arena);
        tensors().values().forEach(matcher::add);
        return matcher.finish(format);
    }

    /**
     * Unmaps the file and so ends the life of the factors, which must not be in use by a native call.
     *
     * @throws ClosedException if it is closed already
     */
    @Override
    public void close() {
        checkpoint.close();
        arena.close();
    }
}
