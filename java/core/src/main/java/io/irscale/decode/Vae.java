package io.irscale.decode;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeVae;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** The autoencoder between latents and images (diffusers {@code autoencoder_kl.py}). */
public final class Vae implements AutoCloseable {
    private final VaeConfig config;
    private final LoadedModel model;

    private Vae(VaeConfig config, LoadedModel model) {
        this.config = config;
        this.model = model;
    }

    /**
     * Loads a diffusers folder ({@code config.json}, {@code diffusion_pytorch_model.safetensors}) or the original
     * release's {@code ae.safetensors}, with a {@code config.json} beside it where its sizes are not FLUX.1's.
     *
     * @param dtype F32 or BF16
     * @throws InvalidInputException if files, names, shapes or values are wrong
     */
    public static Vae open(Path path, Device device, DType dtype) {
        VaeCheckpoint checkpoint = VaeCheckpoint.open(path);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = checkpoint.config().struct(call);
            LoadedModel model = LoadedModel.create(
                    path,
                    checkpoint.tensors().values(),
                    checkpoint,
                    device,
                    dtype,
                    (out, weights) -> NativeVae.create(out, struct, weights),
                    NativeVae::free);
            return new Vae(checkpoint.config(), model);
        } catch (RuntimeException e) {
            LoadedModel.release(checkpoint, e);
            throw e;
        }
    }

    /** A model of trainable weights, which must outlive it. */
    public static Vae of(VaeConfig config, Parameters parameters) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = config.struct(call);
            return new Vae(
                    config,
                    LoadedModel.create(
                            parameters, (out, weights) -> NativeVae.create(out, struct, weights), NativeVae::free));
        }
    }

    /** The sizes. */
    public VaeConfig config() {
        return config;
    }

    /**
     * Decodes latents (N, C, h, w), as the transformer makes them, to (N, 3, f h, f w) of about [-1, 1]: the decoder at
     * latents / scaling + shift.
     */
    public Tensor decode(Tensor latents) {
        return Tensor.create(out -> NativeVae.decode(out, model.handle(), latents.handle()));
    }

    /** Decoder output to an image in [0, 1]: clamp(x / 2 + 0.5), in the decoder's dtype. */
    public static Tensor finish(Tensor decoded) {
        return Tensor.create(out -> NativeVae.imageFinish(out, decoded.handle()));
    }

    /**
     * What an image is encoded to, all (N, C, H/f, W/f).
     *
     * @param mean of the posterior
     * @param logvar of the posterior, clamped to [-30, 20]
     * @param latents (mean - shift) scaling
     */
    public record Encoded(Tensor mean, Tensor logvar, Tensor latents) implements AutoCloseable {
        @Override
        public void close() {
            mean.close();
            logvar.close();
            latents.close();
        }
    }

    /** Encodes images (N, 3, H, W) in [-1, 1]; H and W are multiples of f. */
    public Encoded encode(Tensor images) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mean = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment logvar = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment latents = arena.allocate(ValueLayout.ADDRESS);
            NativeVae.encode(mean, logvar, latents, model.handle(), images.handle());
            return new Encoded(Tensor.adopt(mean), Tensor.adopt(logvar), Tensor.adopt(latents));
        }
    }

    /** For the other packages of irscale: the handle for a native call. */
    public MemorySegment handle() {
        return model.handle();
    }

    @Override
    public void close() {
        model.close();
    }
}
