package io.irscale.train;

import io.irscale.autograd.Loss;
import io.irscale.decode.Vae;
import io.irscale.decode.VaeConfig;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows.Piece;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * An autoencoder that keeps what matters in infrared: squared and absolute errors and those of edges, more of them where
 * objects are, and a slight pull of the latents towards a standard normal distribution.
 */
public final class VaeObjective implements Objective {
    private static final String MODEL = "vae";
    private static final int LOOKED_AT = 64;
    private static final int SHOWN = 12;

    private final Path config;
    private final Settings settings;
    private final ImageWindows training;
    private final ImageWindows validation;
    private final Parameters parameters;
    private final Vae vae;

    /**
     * What the loss weighs.
     *
     * @param batch pictures a forward
     * @param terms of the reconstruction's error
     * @param kl of the divergence from a standard normal distribution
     * @param objects how much more pixels of objects count
     * @param seed of weights, windows and noise
     */
    public record Settings(int batch, Loss.Reconstruction terms, double kl, float objects, long seed) {}

    /**
     * A new model of {@code config}, a diffusers {@code config.json} of an AutoencoderKL.
     *
     * @param dtype that it computes in
     */
    public VaeObjective(
            Path config,
            ImageWindows training,
            ImageWindows validation,
            Settings settings,
            Device device,
            DType dtype) {
        this.config = config;
        this.settings = settings;
        this.training = training;
        this.validation = validation;
        parameters = Parameters.of(List.of(), settings.seed(), device, dtype);
        vae = Vae.of(VaeConfig.of(JsonConfig.read(config)), parameters);
    }

    @Override
    public Map<String, Parameters> parameters() {
        return Map.of(MODEL, parameters);
    }

    @Override
    public Map<String, Double> backward(long step, int part, float share) {
        RandomGenerator random = Draws.of(settings.seed(), step, part);
        List<Piece> pieces = training.draw(settings.batch(), random);
        try (Tensor images = training.pixels(pieces);
                Tensor weights = training.objectWeights(pieces, settings.objects());
                Recording _ = Recording.start();
                Vae.Encoded encoded = vae.encode(images);
                Tensor noise = Tensor.of(
                        Draws.normal(random, Math.toIntExact(encoded.mean().elements())),
                        encoded.mean().shape());
                Tensor latents = Loss.sample(vae, encoded.mean(), encoded.logvar(), noise);
                Tensor decoded = vae.decode(latents);
                Loss reconstruction = Loss.reconstruction(decoded, images, weights, settings.terms());
                Loss kl = Loss.kl(encoded.mean(), encoded.logvar());
                Loss sum = Loss.sum(List.of(reconstruction, kl), 1, (float) settings.kl())) {
            Map<String, Double> losses = new LinkedHashMap<>();
            losses.put("loss", sum.mean());
            losses.put("kl", kl.mean());
            sum.backwardMean(share);
            return losses;
        }
    }

    @Override
    public Map<String, Double> validate() {
        List<Piece> pieces = validation.some(LOOKED_AT);
        try (Tensor images = validation.pixels(pieces);
                Tensor weights = validation.objectWeights(pieces, settings.objects());
                Vae.Encoded encoded = vae.encode(images);
                Tensor decoded = vae.decode(encoded.latents());
                Loss loss = Loss.reconstruction(decoded, images, weights, settings.terms())) {
            Fidelity fidelity = Fidelity.of(images.floats(), decoded.floats(), validation.size());
            Map<String, Double> losses = new LinkedHashMap<>();
            losses.put("loss", loss.mean());
            losses.put("psnr_db", fidelity.psnr());
            losses.put("edge_energy", fidelity.edgeEnergy());
            return losses;
        }
    }

    @Override
    public void picture(Path folder, long step) {
        try (Tensor images = validation.pixels(validation.some(SHOWN));
                Vae.Encoded encoded = vae.encode(images);
                Tensor decoded = vae.decode(encoded.latents())) {
            Pictures.write(
                    folder.resolve(String.format(Locale.ROOT, "reconstructions-%06d.png", step)),
                    validation.size(),
                    List.of(images.floats(), decoded.floats()));
        }
    }

    /** The model with the shift and the scale that bring its latents of the training images to mean 0 and deviation 1. */
    @Override
    public void save(Path folder) {
        double sum = 0;
        double square = 0;
        long count = 0;
        List<Piece> pieces = training.some(1024);
        for (int from = 0; from < pieces.size(); from += settings.batch()) {
            try (Tensor images =
                            training.pixels(pieces.subList(from, Math.min(from + settings.batch(), pieces.size())));
                    Vae.Encoded encoded = vae.encode(images)) {
                for (float value : encoded.mean().floats()) {
                    sum += value;
                    square += (double) value * value;
                    count++;
                }
            }
        }
        double mean = sum / count;
        ModelFiles.config(
                config,
                folder.resolve("config.json"),
                Map.of("shift_factor", mean, "scaling_factor", 1 / Math.sqrt(square / count - mean * mean)));
        ModelFiles.weights(
                folder.resolve("diffusion_pytorch_model.safetensors"),
                parameters,
                training.frames().scaling());
    }

    @Override
    public void close() {
        vae.close();
        parameters.close();
    }
}
