package io.irscale.decode;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.Contents;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of an autoencoder, seen through diffusers' names whatever their layout. They are mapped, not read. */
public final class VaeCheckpoint implements AutoCloseable {
    private static final String DIFFUSERS_MARK = "decoder.mid_block.resnets.0.conv1.weight";

    // What diffusers called attention's layers before 0.15 (models/attention_processor.py,
    // _convert_deprecated_attention_blocks).
    private static final Pattern OLD_ATTENTION =
            Pattern.compile("(.*\\.attentions\\.\\d+\\.)(query|key|value|proj_attn)(\\..*)");
    private static final Map<String, String> ATTENTION =
            Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

    private final Checkpoint checkpoint;
    private final VaeConfig config;
    private final Map<String, StoredTensor> tensors;

    private VaeCheckpoint(Path path, Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        Map<String, StoredTensor> stored = checkpoint.tensors();
        boolean original = OriginalVaeLayout.matches(stored);
        tensors = original ? OriginalVaeLayout.toDiffusers(stored) : diffusers(path, stored);
        config = VaeConfig.of(
                original
                        ? JsonConfig.ofModel(path, VaeConfig.CLASS_NAME)
                                .orElseGet(() -> JsonConfig.of(path, OriginalVaeLayout.config(stored)))
                        : JsonConfig.requireOfModel(path, VaeConfig.CLASS_NAME));
    }

    private Map<String, StoredTensor> diffusers(Path path, Map<String, StoredTensor> stored) {
        Map<String, StoredTensor> renamed = new LinkedHashMap<>();
        ReleasedTensors.find(stored, DIFFUSERS_MARK)
                .orElseThrow(() -> new InvalidInputException(
                        path + ": holds no autoencoder, but " + Contents.describe(checkpoint.names())))
                .tensors()
                .forEach((name, tensor) -> {
                    String now = renamed(name);
                    renamed.put(now, tensor.named(now));
                });
        return renamed;
    }

    private static String renamed(String name) {
        Matcher old = OLD_ATTENTION.matcher(name);
        return old.matches() ? old.group(1) + ATTENTION.get(old.group(2)) + old.group(3) : name;
    }

    /**
     * Opens what {@link Vae#open} loads.
     *
     * @throws InvalidInputException if files or the configuration are missing or malformed, or it is another model
     */
    public static VaeCheckpoint open(Path path) {
        Checkpoint checkpoint = Checkpoint.open(path, "diffusion_pytorch_model");
        try {
            return new VaeCheckpoint(path, checkpoint);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** The sizes. */
    public VaeConfig config() {
        return config;
    }

    /** The tensors by diffusers' names, valid until this closes. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
