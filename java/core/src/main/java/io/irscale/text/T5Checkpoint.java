package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.Contents;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.ReleasedTensors;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files of a T5 encoder, seen through transformers' names whatever their layout. They are mapped, not read. */
public final class T5Checkpoint implements AutoCloseable {
    private static final String MARK = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    private static final String GGUF_MARK = "enc.blk.0.attn_rel_b.weight";

    // llama.cpp's names of the parts of a block (gguf-py constants.py, MODEL_ARCH.T5ENCODER; ComfyUI-GGUF loader.py).
    private static final Map<String, String> GGUF_PARTS = Map.of(
            "attn_q", "layer.0.SelfAttention.q",
            "attn_k", "layer.0.SelfAttention.k",
            "attn_v", "layer.0.SelfAttention.v",
            "attn_o", "layer.0.SelfAttention.o",
            "attn_rel_b", "layer.0.SelfAttention.relative_attention_bias",
            "attn_norm", "layer.0.layer_norm",
            "ffn_gate", "layer.1.DenseReluDense.wi_0",
            "ffn_up", "layer.1.DenseReluDense.wi_1",
            "ffn_down", "layer.1.DenseReluDense.wo",
            "ffn_norm", "layer.1.layer_norm");
    private static final Map<String, String> GGUF_WHOLES =
            Map.of("token_embd.weight", "shared.weight", "enc.output_norm.weight", "encoder.final_layer_norm.weight");

    private final Checkpoint checkpoint;
    private final T5Config config;
    private final Map<String, StoredTensor> tensors;

    private T5Checkpoint(Path path, Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        Map<String, StoredTensor> stored = checkpoint.tensors();
        ReleasedTensors released = ReleasedTensors.find(stored, MARK)
                .or(() -> ReleasedTensors.find(ofLlama(stored), MARK))
                .orElseThrow(() -> new InvalidInputException(
                        path + ": holds no T5 text encoder, but " + Contents.describe(checkpoint.names())));
        tensors = released.tensors();
        config = configuration(path).map(T5Config::of).orElseGet(() -> T5Config.of(released));
    }

    /** The {@code config.json} of the folder, which must be there, or of a T5 beside a single file, which may. */
    private static Optional<JsonConfig> configuration(Path path) {
        if (Files.isDirectory(path)) {
            return Optional.of(JsonConfig.read(path.resolve("config.json")));
        }
        return Optional.of(path.resolveSibling("config.json"))
                .filter(Files::isRegularFile)
                .map(JsonConfig::read)
                .filter(config -> config.has("d_model"));
    }

    private static Map<String, StoredTensor> ofLlama(Map<String, StoredTensor> stored) {
        Map<String, StoredTensor> renamed = new LinkedHashMap<>();
        if (stored.containsKey(GGUF_MARK)) {
            stored.forEach((name, tensor) -> {
                String now = GGUF_WHOLES.getOrDefault(name, ofBlock(name));
                renamed.put(now, tensor.named(now));
            });
        }
        return renamed;
    }

    private static String ofBlock(String name) {
        String[] parts = name.split("\\.", -1); // enc.blk.3.attn_q.weight
        String part = parts.length == 5 && name.startsWith("enc.blk.") ? GGUF_PARTS.get(parts[3]) : null;
        return part == null ? name : "encoder.block." + parts[2] + "." + part + ".weight";
    }

    /**
     * Opens what {@link T5Encoder#open} loads.
     *
     * @throws InvalidInputException if files or the configuration are missing or malformed, or it is another model
     */
    public static T5Checkpoint open(Path path) {
        Checkpoint checkpoint = Checkpoint.open(path, "model");
        try {
            return new T5Checkpoint(path, checkpoint);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** The sizes. */
    public T5Config config() {
        return config;
    }

    /** The tensors by transformers' names, valid until this closes. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
