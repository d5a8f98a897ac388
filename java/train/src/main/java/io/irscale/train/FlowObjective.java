package io.irscale.train;

import io.irscale.autograd.Loss;
import io.irscale.data.image.Scaling;
import io.irscale.decode.Vae;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.Combine;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Rectified flow (arXiv 2209.03003) with logit-normal times (arXiv 2403.03206, section 3.1): the transformer's velocity
 * between noise and the latents of captioned images, and now and then of images without their caption, for
 * classifier-free guidance (arXiv 2207.12598).
 */
abstract class FlowObjective implements Objective {
    private static final int LOOKED_AT = 64;
    private static final int SHOWN = 10;
    private static final float GUIDANCE = 1f;

    private final FlowData.Settings settings;
    private final Vae vae;
    private final LatentCache training;
    private final LatentCache validation;
    private final LatentShape shape;

    /** Borrows the VAE, which draws what there is to look at. */
    FlowObjective(FlowData.Settings settings, Vae vae, LatentCache training, LatentCache validation) {
        this.settings = settings;
        this.vae = vae;
        this.training = training;
        this.validation = validation;
        shape = new LatentShape(training.channels(), training.height(), training.width());
    }

    abstract FluxTransformer flux();

    abstract TextTowers text();

    /** The LoRA in training for one step, to be closed; empty where the model itself is trained. */
    abstract List<DeviceLora> loras(long seed, boolean training);

    final Scaling scaling() {
        return training.scaling();
    }

    final LatentShape shape() {
        return shape;
    }

    final FlowData.Settings settings() {
        return settings;
    }

    @Override
    public final Map<String, Double> backward(long step, int part, float share) {
        RandomGenerator random = Draws.of(settings.seed(), step, part);
        int n = settings.batch();
        int[] rows = random.ints(n, 0, training.count()).toArray();
        List<String> prompts = new ArrayList<>();
        float[] sigma = new float[n];
        for (int i = 0; i < n; i++) {
            prompts.add(
                    random.nextDouble() < settings.captionDropout()
                            ? ""
                            : training.captions().get(rows[i]));
            sigma[i] = (float) (1 / (1 + Math.exp(-random.nextGaussian())));
        }
        try (Tensor latents = training.latents(rows);
                Tensor x0 = Noise.pack(latents);
                Tensor noise = noise(random, x0);
                Recording _ = Recording.start();
                Loss loss = loss(prompts, x0, noise, sigma, random.nextLong(), share)) {
            return Map.of("loss", loss.mean());
        }
    }

    private static Tensor noise(RandomGenerator random, Tensor like) {
        return Tensor.of(Draws.normal(random, Math.toIntExact(like.elements())), like.shape());
    }

    // With its gradient, where it has a share in one: while the plan and the LoRAs are there.
    private Loss loss(List<String> prompts, Tensor x0, Tensor noise, float[] sigma, long seed, float share) {
        int n = sigma.length;
        float[] rest = new float[n];
        for (int i = 0; i < n; i++) {
            rest[i] = 1 - sigma[i];
        }
        List<DeviceLora> loras = loras(seed, share > 0);
        try (Tensor x = Combine.of(x0, noise, null, rest, sigma, new float[n]);
                TextTowers.Embedded embedded = text().encode(prompts);
                Plan plan = flux().plan(embedded.txt(), embedded.vec(), GUIDANCE, sigma, shape, applied(loras))) {
            List<Row> rows = FlowSampler.rows(plan, n);
            if (share > 0 && settings.checkpointing()) {
                return Loss.flowCheckpointed(flux(), x, rows, x0, noise, share);
            }
            try (Tensor velocity = flux().velocity(x, rows, null)) {
                Loss loss = Loss.flow(velocity, x0, noise);
                if (share > 0) {
                    loss.backwardMean(share);
                }
                return loss;
            }
        } finally {
            loras.forEach(DeviceLora::close);
        }
    }

    private static List<DeviceLora.Applied> applied(List<DeviceLora> loras) {
        return loras.stream().map(lora -> new DeviceLora.Applied(lora, 1)).toList();
    }

    /** The same images, noise and evenly spread times at every validation. */
    @Override
    public final Map<String, Double> validate() {
        int[] rows = Spread.of(LOOKED_AT, validation.count());
        int n = rows.length;
        RandomGenerator random = Draws.of(settings.seed(), -1, 0);
        float[] sigma = new float[n];
        for (int i = 0; i < n; i++) {
            sigma[i] = (i * 37 % n + 0.5f) / n;
        }
        try (Tensor latents = validation.latents(rows);
                Tensor x0 = Noise.pack(latents);
                Tensor noise = noise(random, x0);
                Loss loss = loss(validation.captions(rows), x0, noise, sigma, 0, 0)) {
            return Map.of("loss", loss.mean());
        }
    }

    /** Pictures of validation prompts, above the real ones. */
    @Override
    public final void picture(Path folder, long step) {
        int[] rows = Spread.of(SHOWN, validation.count());
        List<String> prompts = validation.captions(rows);
        List<DeviceLora> loras = loras(0, false);
        try (Tensor packed = new FlowSampler(flux(), text(), shape).sample(prompts, applied(loras), settings.seed());
                Tensor drawn = Noise.unpack(packed, shape);
                Tensor real = validation.latents(rows);
                Tensor pictures = vae.decode(drawn);
                Tensor originals = vae.decode(real)) {
            Pictures.write(
                    folder.resolve(String.format(Locale.ROOT, "samples-%06d.png", step)),
                    Math.toIntExact(pictures.size(3)),
                    List.of(pictures.floats(), originals.floats()));
        } finally {
            loras.forEach(DeviceLora::close);
        }
    }
}
