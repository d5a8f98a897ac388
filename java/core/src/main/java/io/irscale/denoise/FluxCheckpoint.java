package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.Contents;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/** The files of a FLUX transformer, seen through diffusers' names whatever their layout. They are mapped, not read. */
public final class FluxCheckpoint implements AutoCloseable {
    // Of the names that diffusers gives, one that every FLUX transformer has.
    private static final String DIFFUSERS_MARK = "time_text_embed.text_embedder.linear_1.weight";

    private final Checkpoint checkpoint;
    // For what the original layout has to copy.
    private final Arena arena;
    private final FluxConfig config;
    private final Map<String, StoredTensor> tensors;

    private FluxCheckpoint(Path path, Checkpoint checkpoint, Arena arena) {
        this.arena = arena;
        this.checkpoint = checkpoint;
        Map<String, StoredTensor> stored = checkpoint.tensors();
        boolean original = OriginalFluxLayout.matches(stored);
        if (!original) {
            stored = ReleasedTensors.find(stored, DIFFUSERS_MARK)
                    .orElseThrow(() -> new InvalidInputException(
                            path + ": holds no FLUX transformer, but " + Contents.describe(checkpoint.names())))
                    .tensors();
        }
        Map<String, StoredTensor> named = stored;
        config = FluxConfig.of(
                original
                        ? JsonConfig.ofModel(path, FluxConfig.CLASS_NAME)
                                .orElseGet(() -> JsonConfig.of(path, OriginalFluxLayout.config(named)))
                        : JsonConfig.requireOfModel(path, FluxConfig.CLASS_NAME));
        tensors = original ? OriginalFluxLayout.toDiffusers(named, arena) : named;
    }

    /**
     * Opens what {@link FluxTransformer#open} loads.
     *
     * @throws InvalidInputException if files or the configuration are missing or malformed
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the result
    public static FluxCheckpoint open(Path path) {
        Checkpoint checkpoint = Checkpoint.open(path, "diffusion_pytorch_model");
        Arena arena = Arena.ofShared();
        try {
            return new FluxCheckpoint(path, checkpoint, arena);
        } catch (RuntimeException e) {
            arena.close();
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** The sizes. */
    public FluxConfig config() {
        return config;
    }

    /** The tensors by diffusers' names, valid until this closes. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** The free-form strings of the files' headers. */
    public Map<String, String> metadata() {
        return checkpoint.metadata();
    }

    @Override
    public void close() {
        checkpoint.close();
        arena.close();
    }
}
