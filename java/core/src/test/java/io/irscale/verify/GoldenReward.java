package io.irscale.verify;

import io.irscale.GoldenTensors;
import io.irscale.decode.Vae;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The golden pipeline with its verifier, standing where {@code goldens/reward} was computed. */
final class GoldenReward implements AutoCloseable {
    static final LatentShape SHAPE = new LatentShape(4, 20, 12);
    static final float[] SIGMA = {0.75f, 0.25f};

    private final List<AutoCloseable> opened = new ArrayList<>();
    final GoldenTensors golden = new GoldenTensors("reward/reward.safetensors");
    final FluxTransformer flux;
    final Vae vae;
    final ClipVerifier verifier;
    final RewardGradient reward;
    final Tensor x = own(golden.tensor("x"));
    final Tensor x0 = own(golden.tensor("x0"));
    final Tensor text = own(golden.tensor("text"));
    final List<Row> rows;

    GoldenReward(DType dtype, Path folder) throws IOException {
        Path pipeline = GoldenTensors.GOLDENS.resolve("dev/pipeline");
        flux = own(FluxTransformer.open(pipeline.resolve("transformer"), Device.CPU, dtype));
        vae = own(Vae.open(pipeline.resolve("vae"), Device.CPU, dtype));
        verifier = own(ClipVerifier.open(
                GoldenTensors.GOLDENS.resolve("dev/clip"),
                SmallTokenizers.write(folder).resolve("clip_l"),
                Device.CPU,
                dtype));
        reward = own(new RewardGradient(flux, vae, verifier));
        Plan first = own(plan(0, SHAPE));
        Plan second = own(plan(1, SHAPE));
        // only the first row is guided
        rows = List.of(new Row(first, 1, second, 2.5f), Row.of(second, 2));
    }

    /** The plan of a prompt, whose steps 1 and 2 stand at {@link #SIGMA}; the caller's to close. */
    Plan plan(int prompt, LatentShape shape) throws IOException {
        GoldenTensors run = new GoldenTensors("dev/run-fp32.safetensors");
        FlowSchedule schedule = FlowSchedule.of(new float[] {1, SIGMA[0], SIGMA[1], 0});
        try (Tensor embeds = run.tensor("prompt_embeds");
                Tensor pooled = run.tensor("pooled");
                Tensor txt = embeds.slice(prompt, 1);
                Tensor vec = pooled.slice(prompt, 1)) {
            return flux.plan(txt, vec, 3.5f, schedule, shape);
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.add(part);
        return part;
    }

    RewardGradient.Result cheap(Tensor latents) {
        return reward.cheap(latents, SHAPE, text);
    }

    RewardGradient.Result full(Tensor latents) {
        return reward.full(latents, rows, SIGMA, SHAPE, text);
    }

    @Override
    public void close() {
        for (AutoCloseable part : opened.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
