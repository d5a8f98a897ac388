package io.irscale.text;

import io.irscale.ffi.NativeSiglip;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** A SigLIP or SigLIP 2 (transformers {@code modeling_siglip.py}, {@code modeling_siglip2.py}). */
public final class Siglip implements AutoCloseable {
    private final SiglipConfig config;
    private final LoadedModel model;

    private Siglip(SiglipConfig config, LoadedModel model) {
        this.config = config;
        this.model = model;
    }

    /**
     * Loads a folder of transformers: {@code config.json} and {@code model*.safetensors}.
     *
     * @param dtype F32 or BF16
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong
     */
    public static Siglip open(Path folder, Device device, DType dtype) {
        SiglipConfig config = SiglipConfig.read(folder);
        Checkpoint checkpoint = Checkpoint.open(folder, "model");
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            LoadedModel model = LoadedModel.create(
                    folder,
                    checkpoint.tensors().values(),
                    checkpoint,
                    device,
                    dtype,
                    (out, weights) -> NativeSiglip.create(out, struct, weights),
                    NativeSiglip::free);
            return new Siglip(config, model);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** The sizes. */
    public SiglipConfig config() {
        return config;
    }

    /** Text embeddings (n, projection) of unit length, of prompts padded as {@link SiglipTokenizer} does it. */
    public Tensor embedText(List<TokenIds> prompts) {
        try (Arena arena = Arena.ofConfined()) {
            TokenBatch batch = TokenBatch.of(arena, prompts);
            return Tensor.create(
                    out -> NativeSiglip.embedText(out, model.handle(), batch.rows(), batch.tokens(), batch.ids()));
        }
    }

    /**
     * Image embeddings (N, projection) of unit length.
     *
     * @param pixels preprocessed (N, 3, size, size); NaFlex: (N, 3, H, W), multiples of the patch size
     */
    public Tensor embedImage(Tensor pixels) {
        return Tensor.create(out -> NativeSiglip.embedImage(out, model.handle(), pixels.handle()));
    }

    /**
     * How likely images and texts belong together: sigmoid(exp(logit_scale) cosine + logit_bias), (N, M) in F32.
     *
     * @param images embeddings (N, projection)
     * @param texts embeddings (M, projection)
     */
    public Tensor probabilities(Tensor images, Tensor texts) {
        return Tensor.create(out -> NativeSiglip.probabilities(out, model.handle(), images.handle(), texts.handle()));
    }

    @Override
    public void close() {
        model.close();
    }
}
