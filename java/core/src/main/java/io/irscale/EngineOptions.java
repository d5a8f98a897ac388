package io.irscale;

import io.irscale.denoise.Approximation;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * @param verifiers who scores; may be empty
 * @param ensemble how one value is made of several scores
 * @param libtorch a PyTorch or libtorch folder; empty for the one on the class path
 * @param device where everything runs
 * @param dtype F32 or BF16, for all models; verifiers compute in F32 on the CPU
 * @param approximation what the transformer may do to be faster
 */
public record EngineOptions(
        Path model,
        Optional<Path> transformer,
        Optional<Path> vae,
        Optional<Path> tokenizers,
        List<VerifierSpec> verifiers,
        Ensemble ensemble,
        Optional<Path> libtorch,
        Device device,
        DType dtype,
        Approximation approximation) {

    /** @throws InvalidInputException if {@code dtype} is neither F32 nor BF16, or FP8 is wanted without BF16 */
    public EngineOptions {
        verifiers = List.copyOf(verifiers);
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new InvalidInputException("dtype is " + dtype + ", expected F32 or BF16");
        }
        if (approximation.fp8() && dtype != DType.BF16) {
            throw new InvalidInputException("FP8 needs dtype BF16, not " + dtype);
        }
    }

    /** A pipeline on the CPU in F32, without a verifier. */
    public static EngineOptions of(Path model) {
        return new EngineOptions(
                model,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Ensemble.SUM,
                Optional.empty(),
                Device.CPU,
                DType.F32,
                Approximation.NONE);
    }

    /** The same with another transformer. */
    public EngineOptions withTransformer(Path path) {
        return new EngineOptions(
                model, Optional.of(path), vae, tokenizers, verifiers, ensemble, libtorch, device, dtype, approximation);
    }

    /** The same with another VAE. */
    public EngineOptions withVae(Path path) {
        return new EngineOptions(
                model,
                transformer,
                Optional.of(path),
                tokenizers,
                verifiers,
                ensemble,
                libtorch,
                device,
                dtype,
                approximation);
    }

    /** The same with tokenizers from another folder. */
    public EngineOptions withTokenizers(Path path) {
        return new EngineOptions(
                model,
                transformer,
                vae,
                Optional.of(path),
                verifiers,
                ensemble,
                libtorch,
                device,
                dtype,
                approximation);
    }

    /** The same with one more verifier: a CLIP or SigLIP folder, optimised with weight 1. */
    public EngineOptions withVerifier(Path folder) {
        return with(VerifierSpec.clip(folder));
    }

    /** The same with one more verifier. */
    public EngineOptions with(VerifierSpec verifier) {
        List<VerifierSpec> more = new ArrayList<>(verifiers);
        more.add(verifier);
        return new EngineOptions(
                model, transformer, vae, tokenizers, more, ensemble, libtorch, device, dtype, approximation);
    }

    /** The same with another way to make one value of several scores. */
    public EngineOptions with(Ensemble other) {
        return new EngineOptions(
                model, transformer, vae, tokenizers, verifiers, other, libtorch, device, dtype, approximation);
    }

    /** The same with a libtorch of the user's. */
    public EngineOptions withLibtorch(Path path) {
        return new EngineOptions(
                model,
                transformer,
                vae,
                tokenizers,
                verifiers,
                ensemble,
                Optional.of(path),
                device,
                dtype,
                approximation);
    }

    /** The same on another device. */
    public EngineOptions on(Device other) {
        return new EngineOptions(
                model, transformer, vae, tokenizers, verifiers, ensemble, libtorch, other, dtype, approximation);
    }

    /** The same in another dtype. */
    public EngineOptions in(DType other) {
        return new EngineOptions(
                model, transformer, vae, tokenizers, verifiers, ensemble, libtorch, device, other, approximation);
    }

    /** The same with other approximations. */
    public EngineOptions with(Approximation other) {
        return new EngineOptions(
                model, transformer, vae, tokenizers, verifiers, ensemble, libtorch, device, dtype, other);
    }
}
