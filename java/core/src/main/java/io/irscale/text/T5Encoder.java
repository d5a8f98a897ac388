package io.irscale.text;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeT5;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** The T5 encoder (transformers {@code modeling_t5.py}), without a padding mask, as FLUX uses it. */
public final class T5Encoder implements AutoCloseable {
    private final LoadedModel model;

    private T5Encoder(LoadedModel model) {
        this.model = model;
    }

    /**
     * Loads a transformers folder ({@code config.json} and {@code model*.safetensors}), or a single safetensors or GGUF
     * file, such as {@code t5xxl_fp16.safetensors} or one that holds other models too; its sizes are read off its shapes
     * where no {@code config.json} of a T5 is beside it.
     *
     * @param dtype F32 or BF16
     * @throws InvalidInputException if files, names, shapes or values are wrong
     */
    public static T5Encoder open(Path path, Device device, DType dtype) {
        T5Checkpoint checkpoint = T5Checkpoint.open(path);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = checkpoint.config().struct(call);
            return new T5Encoder(LoadedModel.create(
                    path,
                    checkpoint.tensors().values(),
                    checkpoint,
                    device,
                    dtype,
                    (out, weights) -> NativeT5.create(out, struct, weights),
                    NativeT5::free));
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** A model of trainable weights, which must outlive it. */
    public static T5Encoder of(T5Config config, Parameters parameters) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            return new T5Encoder(LoadedModel.create(
                    parameters, (out, weights) -> NativeT5.create(out, struct, weights), NativeT5::free));
        }
    }

    /** Encodes prompts of equal length: (n, tokens, width). */
    public Tensor encode(List<TokenIds> prompts) {
        try (Arena arena = Arena.ofConfined()) {
            TokenBatch batch = TokenBatch.of(arena, prompts);
            return Tensor.create(
                    out -> NativeT5.encode(out, model.handle(), batch.rows(), batch.tokens(), batch.ids()));
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
