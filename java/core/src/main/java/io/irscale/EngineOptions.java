package io.irscale;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an engine loads and where it runs.
 *
 * @param model a pipeline in the diffusers layout: {@code transformer}, {@code vae}, {@code text_encoder},
 *     {@code text_encoder_2}, {@code scheduler} and perhaps its tokenizers
 * @param transformer instead of the model's: a diffusers folder or a {@code flux1-*.safetensors} of the original release
 * @param vae instead of the model's: a diffusers folder or an {@code ae.safetensors} of the original release
 * @param tokenizers folder with {@code clip_l} and {@code t5}, or the names of a pipeline, for a pipeline
 *     without its own
 * @param verifier a CLIPModel folder; empty for none
 * @param libtorch a PyTorch or libtorch folder; empty for the one on the class path
 * @param device where everything runs
 * @param dtype F32 or BF16, for all models; the verifier computes in F32 on the CPU
 */
public record EngineOptions(
        Path model,
        Optional<Path> transformer,
        Optional<Path> vae,
        Optional<Path> tokenizers,
        Optional<Path> verifier,
        Optional<Path> libtorch,
        Device device,
        DType dtype) {

    /** @throws InvalidInputException if {@code dtype} is neither F32 nor BF16 */
    public EngineOptions {
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new InvalidInputException("dtype is " + dtype + ", expected F32 or BF16");
        }
    }

    /** A pipeline on the CPU in F32, without a verifier. */
    public static EngineOptions of(Path model) {
        return new EngineOptions(
                model,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Device.CPU,
                DType.F32);
    }

    /** The same with another transformer. */
    public EngineOptions withTransformer(Path path) {
        return new EngineOptions(model, Optional.of(path), vae, tokenizers, verifier, libtorch, device, dtype);
    }

    /** The same with another VAE. */
    public EngineOptions withVae(Path path) {
        return new EngineOptions(model, transformer, Optional.of(path), tokenizers, verifier, libtorch, device, dtype);
    }

    /** The same with tokenizers from another folder. */
    public EngineOptions withTokenizers(Path path) {
        return new EngineOptions(model, transformer, vae, Optional.of(path), verifier, libtorch, device, dtype);
    }

    /** The same with a verifier. */
    public EngineOptions withVerifier(Path path) {
        return new EngineOptions(model, transformer, vae, tokenizers, Optional.of(path), libtorch, device, dtype);
    }

    /** The same with a libtorch of the user's. */
    public EngineOptions withLibtorch(Path path) {
        return new EngineOptions(model, transformer, vae, tokenizers, verifier, Optional.of(path), device, dtype);
    }

    /** The same on another device. */
    public EngineOptions on(Device other) {
        return new EngineOptions(model, transformer, vae, tokenizers, verifier, libtorch, other, dtype);
    }

    /** The same in another dtype. */
    public EngineOptions in(DType other) {
        return new EngineOptions(model, transformer, vae, tokenizers, verifier, libtorch, device, other);
    }
}
