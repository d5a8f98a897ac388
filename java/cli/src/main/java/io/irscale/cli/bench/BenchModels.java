package io.irscale.cli.bench;

import io.irscale.decode.Vae;
import io.irscale.denoise.FluxTransformer;
import io.irscale.error.InternalException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.text.Clip;
import io.irscale.text.T5Encoder;
import io.irscale.verify.ClipPreprocessing;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;

/** The models that are measured, loaded or of random weights. Belongs to one thread. */
final class BenchModels implements AutoCloseable {
    private static final long SEED = 1;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Device device;
    private final DType dtype;
    private final FluxTransformer flux;
    private final Optional<Clip> clip;
    private final Optional<T5Encoder> t5;
    private final Optional<Vae> vae;
    private final Optional<Clip> verifier;
    private final ClipPreprocessing preprocessing;

    /** A pipeline in the diffusers layout, with a verifier where one is given. */
    BenchModels(Path model, Optional<Path> verifierFolder, Device device, DType dtype) {
        this.device = device;
        this.dtype = dtype;
        try {
            flux = own(FluxTransformer.open(model.resolve("transformer"), device, dtype));
            clip = Optional.of(own(Clip.open(model.resolve("text_encoder"), device, dtype)));
            t5 = Optional.of(own(T5Encoder.open(model.resolve("text_encoder_2"), device, dtype)));
            vae = Optional.of(own(Vae.open(model.resolve("vae"), device, dtype)));
            verifier = verifierFolder.map(folder -> own(Clip.open(folder, device, dtype)));
            preprocessing = preprocessing(verifierFolder.orElse(model));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Random weights. */
    BenchModels(Shape shape, Device device, DType dtype) {
        this.device = device;
        this.dtype = dtype;
        try {
            flux = random(weights -> FluxTransformer.of(shape.flux(), weights));
            clip = shape.others().map(others -> random(weights -> Clip.of(others.clip(), weights)));
            t5 = shape.others().map(others -> random(weights -> T5Encoder.of(others.t5(), weights)));
            vae = shape.others().map(others -> random(weights -> Vae.of(others.vae(), weights)));
            verifier = shape.others().map(others -> random(weights -> Clip.of(others.verifier(), weights)));
            preprocessing = preprocessing(Path.of("random"));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private ClipPreprocessing preprocessing(Path folder) {
        return ClipPreprocessing.read(
                folder, verifier.map(judge -> judge.config().imageSize()).orElse(1));
    }

    private <T extends AutoCloseable> T random(Function<Parameters, T> model) {
        return own(model.apply(own(Parameters.frozen(SEED, device, dtype))));
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.push(part);
        return part;
    }

    Device device() {
        return device;
    }

    DType dtype() {
        return dtype;
    }

    FluxTransformer flux() {
        return flux;
    }

    Optional<Clip> clip() {
        return clip;
    }

    Optional<T5Encoder> t5() {
        return t5;
    }

    Optional<Vae> vae() {
        return vae;
    }

    Optional<Clip> verifier() {
        return verifier;
    }

    ClipPreprocessing preprocessing() {
        return preprocessing;
    }

    /** The pixels of a latent's edge; 8 without a VAE. */
    int factor() {
        return vae.map(one -> one.config().factor()).orElse(8);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new InternalException("closing a model failed: " + e, e);
            }
        }
    }
}
