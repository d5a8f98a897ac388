package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.SavedWeights;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a CLIP, seen through transformers' names whatever their layout. They are mapped, not read. */
public final class ClipCheckpoint implements AutoCloseable {
    private static final String MARK = "text_model.embeddings.token_embedding.weight";
    private static final List<String> SAFETENSORS = List.of("model", "open_clip_model", "open_clip_pytorch_model");
    private static final List<String> TORCH = List.of("pytorch_model.bin", "open_clip_pytorch_model.bin");
    // Of DistributedDataParallel and of torch.compile.
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

    private final SavedWeights weights;
    // For what open_clip's layout has to transpose.
    private final Arena arena;
    private final ClipLayout layout;
    private final Map<String, StoredTensor> tensors;
    private final ClipConfig config;

    private ClipCheckpoint(ClipSource source, SavedWeights weights, Arena arena) {
        this.weights = weights;
        this.arena = arena;
        Map<String, StoredTensor> stored = own(unwrapped(weights.tensors()));
        OtherClips.refuse(stored.keySet(), source.path());
        boolean openClip = OpenClipLayout.matches(stored);
        layout = openClip ? ClipLayout.OPEN_CLIP : ClipLayout.TRANSFORMERS;
        tensors = openClip ? OpenClipLayout.toTransformers(stored, arena) : scalarLogitScale(stored);
        config = config(source);
    }

    /**
     * Opens what {@link Clip#open(ClipSource, io.irscale.tensor.Device, io.irscale.tensor.DType)} loads.
     *
     * @throws InvalidInputException if files or the configuration are missing or malformed, it is another model, or nothing
     *     tells its activation
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the result
    public static ClipCheckpoint open(ClipSource source) {
        SavedWeights weights = weights(source.path());
        Arena arena = Arena.ofShared();
        try {
            return new ClipCheckpoint(source, weights, arena);
        } catch (RuntimeException e) {
            arena.close();
            LoadedModel.release(weights, e);
            throw e;
        }
    }

    /** The weights under their own names. */
    static SavedWeights weights(Path path) {
        return SavedWeights.open(path, SAFETENSORS, TORCH);
    }

    private static Map<String, StoredTensor> unwrapped(Map<String, StoredTensor> stored) {
        for (String wrapper : WRAPPERS) {
            if (!stored.isEmpty() && stored.keySet().stream().allMatch(name -> name.startsWith(wrapper))) {
                Map<String, StoredTensor> inner = new LinkedHashMap<>();
                stored.values().forEach(tensor -> {
                    String name = tensor.name().substring(wrapper.length());
                    inner.put(name, tensor.named(name));
                });
                return unwrapped(inner);
            }
        }
        return stored;
    }

    /** Without the other models of an all-in-one file, and the prefix that tells them apart. */
    private static Map<String, StoredTensor> own(Map<String, StoredTensor> stored) {
        return ReleasedTensors.find(stored, MARK).map(ReleasedTensors::tensors).orElse(stored);
    }

    private static Map<String, StoredTensor> scalarLogitScale(Map<String, StoredTensor> stored) {
        StoredTensor scale = stored.get("logit_scale");
        if (scale == null || scale.elements() != 1) {
            return stored;
        }
        Map<String, StoredTensor> all = new LinkedHashMap<>(stored);
        all.put("logit_scale", scale.reshape());
        return all;
    }

    private ClipConfig config(ClipSource source) {
        Optional<ClipConfig> written = written(source);
        if (written.isEmpty()) {
            return byShapes(source);
        }
        int activation = written.get().text().activation();
        source.activation().filter(asked -> asked.code() != activation).ifPresent(asked -> {
            throw new InvalidInputException(source + ": the configuration beside it says another activation than "
                    + asked.label() + "; leave out #" + asked.label());
        });
        return written.get();
    }

    private Optional<ClipConfig> written(ClipSource source) {
        Path folder = source.folder();
        if (layout == ClipLayout.OPEN_CLIP) {
            return Optional.of(folder)
                    .filter(place -> Files.exists(place.resolve(OpenClipConfig.FILE)))
                    .map(OpenClipConfig::read);
        }
        Optional<JsonConfig> config =
                Optional.of(folder.resolve("config.json")).filter(Files::exists).map(JsonConfig::read);
        boolean alone = !Files.isDirectory(source.path());
        // Beside a single file another model's may lie.
        return config.filter(found -> !alone || ClipConfig.describesClip(found)).map(ClipConfig::of);
    }

    private ClipConfig byShapes(ClipSource source) {
        ClipActivation activation = source.activation().orElse(ClipActivation.QUICK_GELU);
        ClipConfig sizes = ClipShapes.read(tensors, source.path(), activation);
        // The text tower of OpenAI's ViT-L/14, alone, is FLUX's text encoder, published as clip_l.safetensors.
        boolean fluxs = sizes.image().isEmpty()
                && sizes.text().width() == 768
                && sizes.text().layers() == 12;
        if (source.activation().isEmpty() && !fluxs) {
            throw unasked(source);
        }
        return sizes;
    }

    private static InvalidInputException unasked(ClipSource source) {
        Path name = source.path().getFileName();
        return new InvalidInputException(("%s: no configuration beside it tells its activation: write %s#quick-gelu for"
                        + " OpenAI's and what was trained from it, %s#gelu for others of open_clip")
                .formatted(source.path(), name, name));
    }

    ClipLayout layout() {
        return layout;
    }

    /** The sizes. */
    public ClipConfig config() {
        return config;
    }

    /** The tensors by transformers' names, valid until this closes. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        weights.close();
        arena.close();
    }
}
