package io.irscale.feature;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeDinov2;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/** DINOv2 as transformers publishes it ({@code modeling_dinov2.py}, {@code Dinov2Model}). */
public final class Dinov2 implements AutoCloseable {
    private final Dinov2Config config;
    private final LoadedModel model;
    private final Checkpoint checkpoint;

    private Dinov2(Dinov2Config config, LoadedModel model, Checkpoint checkpoint) {
        this.config = config;
        this.model = model;
        this.checkpoint = checkpoint;
    }

    /**
     * Loads a folder with {@code config.json} and {@code model.safetensors}.
     *
     * @param dtype F32 or BF16
     * @throws InvalidInputException if files, names, shapes or values are wrong, or it is a kind that is not read, such
     *     as the giant's SwiGLU
     */
    public static Dinov2 open(Path folder, Device device, DType dtype) {
        Dinov2Config config = Dinov2Config.of(JsonConfig.read(folder.resolve("config.json")));
        Checkpoint checkpoint = Checkpoint.open(folder, "model");
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            LoadedModel model = LoadedModel.create(
                    folder,
                    checkpoint.tensors().values(),
                    checkpoint,
                    device,
                    dtype,
                    (out, weights) -> NativeDinov2.create(out, struct, weights),
                    NativeDinov2::free);
            return new Dinov2(config, model, checkpoint);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** The sizes. */
    public Dinov2Config config() {
        return config;
    }

    /** The weights by name; valid until this is closed. */
    public Map<String, StoredTensor> weights() {
        return checkpoint.tensors();
    }

    /**
     * Images (N, 3, H, W) in [0, 1] to (N, 3, edge, edge) in F32: rounded to 8 bits, bicubic with antialias, clamped, less
     * ImageNet's mean, over its deviation.
     */
    public static Tensor preprocess(Tensor images, int edge) {
        return Tensor.create(out -> NativeDinov2.preprocess(out, images.handle(), edge));
    }

    /**
     * Pixels (N, 3, H, W), preprocessed, to the class token after the last norm, (N, width) in F32. H and W are multiples of
     * the patch; at another size than the training's the position embeddings are interpolated.
     */
    public Tensor embed(Tensor pixels) {
        return Tensor.create(out -> NativeDinov2.embed(out, model.handle(), pixels.handle()));
    }

    @Override
    public void close() {
        model.close();
    }
}
