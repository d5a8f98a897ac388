package io.irscale;

import io.irscale.denoise.Approximation;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What an engine loads and where it runs.
 *
 * @param files where the model's parts lie
 * @param verifiers who scores; may be empty
 * @param ensemble how one value is made of several scores
 * @param libtorch a PyTorch or libtorch folder; empty for the one on the class path
 * @param device where everything runs
 * @param dtype F32 or BF16, for all models; verifiers compute in F32 on the CPU
 * @param approximation what the transformer may do to be faster
 */
public record EngineOptions(
        ModelFiles files,
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

    /** A model on the CPU in F32, without a verifier. */
    public static EngineOptions of(Path model) {
        return new EngineOptions(
                ModelFiles.of(model),
                List.of(),
                Ensemble.SUM,
                Optional.empty(),
                Device.CPU,
                DType.F32,
                Approximation.NONE);
    }

    /** The same with other files. */
    public EngineOptions with(UnaryOperator<ModelFiles> change) {
        return new EngineOptions(change.apply(files), verifiers, ensemble, libtorch, device, dtype, approximation);
    }

    /** The same with another transformer. */
    public EngineOptions withTransformer(Path path) {
        return with(parts -> parts.withTransformer(path));
    }

    /** The same with another VAE. */
    public EngineOptions withVae(Path path) {
        return with(parts -> parts.withVae(path));
    }

    /** The same with tokenizers from another folder. */
    public EngineOptions withTokenizers(Path path) {
        return with(parts -> parts.withTokenizers(path));
    }

    /** The same with one more verifier: a CLIP or SigLIP folder, optimised with weight 1. */
    public EngineOptions withVerifier(Path folder) {
        return with(VerifierSpec.clip(folder));
    }

    /** The same with one more verifier. */
    public EngineOptions with(VerifierSpec verifier) {
        List<VerifierSpec> more = new ArrayList<>(verifiers);
        more.add(verifier);
        return new EngineOptions(files, more, ensemble, libtorch, device, dtype, approximation);
    }

    /** The same with another way to make one value of several scores. */
    public EngineOptions with(Ensemble other) {
        return new EngineOptions(files, verifiers, other, libtorch, device, dtype, approximation);
    }

    /** The same with a libtorch of the user's. */
    public EngineOptions withLibtorch(Path path) {
        return new EngineOptions(files, verifiers, ensemble, Optional.of(path), device, dtype, approximation);
    }

    /** The same on another device. */
    public EngineOptions on(Device other) {
        return new EngineOptions(files, verifiers, ensemble, libtorch, other, dtype, approximation);
    }

    /** The same in another dtype. */
    public EngineOptions in(DType other) {
        return new EngineOptions(files, verifiers, ensemble, libtorch, device, other, approximation);
    }

    /** The same with other approximations. */
    public EngineOptions with(Approximation other) {
        return new EngineOptions(files, verifiers, ensemble, libtorch, device, dtype, other);
    }
}
