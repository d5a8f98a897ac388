package io.irscale.text;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/** The files of a CLIP, seen through transformers' names whatever their layout. They are mapped, not read. */
final class ClipCheckpoint implements AutoCloseable {
    private final Checkpoint checkpoint;
    // For what open_clip's layout has to transpose.
    private final Arena arena;
    private final ClipLayout layout;
    private final ClipConfig config;
    private final Map<String, StoredTensor> tensors;

    private ClipCheckpoint(Path folder, Checkpoint checkpoint, Arena arena) {
        this.checkpoint = checkpoint;
        this.arena = arena;
        Map<String, StoredTensor> stored = checkpoint.tensors();
        boolean openClip = OpenClipLayout.matches(stored);
        layout = openClip ? ClipLayout.OPEN_CLIP : ClipLayout.TRANSFORMERS;
        config = openClip ? OpenClipConfig.read(folder) : ClipConfig.of(JsonConfig.read(folder.resolve("config.json")));
        tensors = openClip ? OpenClipLayout.toTransformers(stored, arena) : stored;
    }

    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the result
    static ClipCheckpoint open(Path folder) {
        Checkpoint checkpoint = Checkpoint.open(folder, "model", "open_clip_model", "open_clip_pytorch_model");
        Arena arena = Arena.ofShared();
        try {
            return new ClipCheckpoint(folder, checkpoint, arena);
        } catch (RuntimeException e) {
            arena.close();
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    ClipLayout layout() {
        return layout;
    }

    ClipConfig config() {
        return config;
    }

    /** Valid until this closes. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        checkpoint.close();
        arena.close();
    }
}
