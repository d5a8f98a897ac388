package io.irscale.train;

import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.Combine;
import io.irscale.latent.LatentShape;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Euler steps with classifier-free guidance by the weights in training, to see where they are. */
final class FlowSampler {
    private static final int STEPS = 16;
    private static final float GUIDANCE = 2f;

    private final FluxTransformer flux;
    private final TextTowers text;
    private final LatentShape shape;

    FlowSampler(FluxTransformer flux, TextTowers text, LatentShape shape) {
        this.flux = flux;
        this.text = text;
        this.shape = shape;
    }

    /** Packed latents (N, T, 4 C) of N prompts, from noise of seed. */
    Tensor sample(List<String> prompts, List<DeviceLora.Applied> loras, long seed) {
        int n = prompts.size();
        try (TextTowers.Embedded with = text.encode(prompts);
                TextTowers.Embedded without = text.encode(Collections.nCopies(n, ""))) {
            Tensor x = noise(n, seed, with.txt().device());
            for (int step = 0; step < STEPS; step++) {
                float sigma = 1 - (float) step / STEPS;
                try (Tensor before = x;
                        Tensor positive = velocity(x, with, sigma, loras);
                        Tensor negative = velocity(x, without, sigma, loras);
                        Tensor v = Combine.of(
                                negative, positive, null, fill(n, 1 - GUIDANCE), fill(n, GUIDANCE), fill(n, 0))) {
                    x = Combine.of(before, v, null, fill(n, 1), fill(n, -1f / STEPS), fill(n, 0));
                }
            }
            return x;
        }
    }

    // The same on every device.
    private Tensor noise(int n, long seed, Device device) {
        float[] values = Draws.normal(Draws.of(seed, 0, 0), n * shape.elements());
        try (Tensor host = Tensor.of(values, n, shape.tokens(), 4L * shape.channels())) {
            return host.to(device, DType.F32);
        }
    }

    private Tensor velocity(Tensor x, TextTowers.Embedded text, float sigma, List<DeviceLora.Applied> loras) {
        float[] sigmas = fill(Math.toIntExact(x.size(0)), sigma);
        try (Plan plan = flux.plan(text.txt(), text.vec(), GUIDANCE, sigmas, shape, loras)) {
            return flux.velocity(x, rows(plan, sigmas.length), null);
        }
    }

    /** Row i at step i of one plan, as its batch has them. */
    static List<Row> rows(Plan plan, int n) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            rows.add(Row.of(plan, i));
        }
        return rows;
    }

    private static float[] fill(int n, float value) {
        float[] values = new float[n];
        Arrays.fill(values, value);
        return values;
    }
}
