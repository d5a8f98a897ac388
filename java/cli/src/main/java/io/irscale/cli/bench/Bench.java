package io.irscale.cli.bench;

import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.decode.Vae;
import io.irscale.denoise.Approximation;
import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.denoise.SyntheticLora;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Runs workloads, stage by stage, and waits for the device after each. */
final class Bench {
    static final int MERGED_RANK = 16;
    private static final int WARMUPS = 2;
    private static final String NOTHING_WRITTEN = "nothing is written";

    private final BenchModels models;
    private final int textTokens;
    private final int runs;
    private final Approximation approximation;
    private final ProgressView progress;
    private final Interruption interruption;
    private long done;

    Bench(
            BenchModels models,
            int textTokens,
            int runs,
            Approximation approximation,
            ProgressView progress,
            Interruption interruption) {
        this.models = models;
        this.textTokens = textTokens;
        this.runs = runs;
        this.approximation = approximation;
        this.progress = progress;
        this.interruption = interruption;
    }

    /** Forwards of so many workloads, for the progress. */
    static long forwards(int workloads, int runs) {
        return (long) workloads * (runs + WARMUPS);
    }

    /** Seconds of merging a LoRA of every linear layer into the weights as loaded. */
    List<Double> merge() {
        FluxTransformer flux = models.flux();
        try (DeviceLora lora = SyntheticLora.of(flux.config(), MERGED_RANK, models.device(), models.dtype())) {
            List<DeviceLora.Applied> applied = List.of(new DeviceLora.Applied(lora, 1f));
            List<Double> seconds = times(() -> {
                flux.merge(applied);
                return flux.parameter("proj_out.weight"); // to wait by
            });
            flux.merge(List.of());
            return seconds;
        }
    }

    Timings run(Workload workload) {
        Device device = models.device();
        DType dtype = models.dtype();
        FluxConfig config = models.flux().config();
        LatentShape shape =
                LatentShape.ofImage(workload.size(), workload.size(), models.factor(), config.latentChannels());
        FlowSchedule schedule = schedule(workload.steps());
        Map<Stage, List<Double>> seconds = new EnumMap<>(Stage.class);
        List<Double> issued = new ArrayList<>();
        List<Tier> tiers = new ArrayList<>();
        PeakMemory.begin(device);
        long[] seeds = LongStream.range(0, workload.batch()).toArray();
        try (Tensor txt = Tensor.of(new float[textTokens * config.jointDim()], 1, textTokens, config.jointDim());
                Tensor vec = Tensor.of(new float[config.pooledDim()], 1, config.pooledDim());
                Tensor img = Noise.packed(seeds, shape, device, DType.F32)) {
            models.clip()
                    .ifPresent(clip -> models.t5()
                            .ifPresent(t5 -> time(seconds, Stage.TEXT, () -> {
                                try (Clip.TextFeatures features = clip.encodeText(
                                        List.of(TokenIds.empty(clip.config().positions())))) {
                                    wait(features.pooled());
                                }
                                return t5.encode(List.of(TokenIds.empty(textTokens)));
                            })));
            time(seconds, Stage.PLAN, () -> {
                try (Plan _ = models.flux().plan(txt, vec, 3.5f, schedule, shape)) {
                    return img.slice(0, 1); // to wait by
                }
            });
            try (Plan plan = models.flux().plan(txt, vec, 3.5f, schedule, shape)) {
                List<Row> rows = Collections.nCopies(workload.batch(), Row.of(plan, 0));
                float[] dsigma = new float[workload.batch()];
                Arrays.fill(dsigma, schedule.sigma(1) - schedule.sigma(0));
                time(seconds, Stage.STEP, () -> {
                    long start = System.nanoTime();
                    Tensor velocity = models.flux().velocity(img, rows, null);
                    Euler.step(img, velocity, dsigma);
                    issued.add((System.nanoTime() - start) / 1e9);
                    progress.reached(++done, Double.NaN);
                    return velocity;
                });
                Runnable check = () -> interruption.check(NOTHING_WRITTEN);
                Supplier<Tensor> noise = () -> Noise.packed(seeds, shape, device, DType.F32);
                tiers.addAll(new Tiers(models.flux(), plan, schedule, workload.batch(), noise, runs, check)
                        .measure(approximation));
            }
            models.vae().ifPresent(vae -> decodeAndVerify(vae, img, shape, dtype, seconds));
        }
        double flops = workload.flops(config, shape.tokens(), textTokens);
        return new Timings(
                workload, seconds, issued.subList(WARMUPS, issued.size()), flops, PeakMemory.bytes(device), tiers);
    }

    private void decodeAndVerify(
            Vae vae, Tensor img, LatentShape shape, DType dtype, Map<Stage, List<Double>> seconds) {
        try (Tensor half = img.to(models.device(), dtype);
                Tensor latents = Noise.unpack(half, shape)) {
            time(seconds, Stage.DECODE, () -> {
                try (Tensor decoded = vae.decode(latents)) {
                    return Vae.finish(decoded);
                }
            });
            models.verifier().ifPresent(judge -> {
                try (Tensor decoded = vae.decode(latents);
                        Tensor images = Vae.finish(decoded);
                        Tensor text = judge.embedText(
                                List.of(TokenIds.empty(judge.config().positions())))) {
                    time(seconds, Stage.VERIFY, () -> {
                        try (Tensor pixels = models.preprocessing().apply(images);
                                Tensor embedding = judge.embedImage(pixels)) {
                            return Clip.cosine(embedding, text);
                        }
                    });
                }
            });
        }
    }

    private static FlowSchedule schedule(int steps) {
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i <= steps; i++) {
            sigmas[i] = 1 - (float) i / steps;
        }
        return FlowSchedule.of(sigmas);
    }

    private void time(Map<Stage, List<Double>> seconds, Stage stage, Supplier<Tensor> work) {
        seconds.put(stage, times(work));
    }

    private List<Double> times(Supplier<Tensor> work) {
        List<Double> times = new ArrayList<>();
        for (int run = 0; run < WARMUPS + runs; run++) {
            interruption.check(NOTHING_WRITTEN);
            long start = System.nanoTime();
            try (Tensor out = work.get()) {
                wait(out);
            }
            if (run >= WARMUPS) {
                times.add((System.nanoTime() - start) / 1e9);
            }
        }
        return times;
    }

    // Reading from a device waits for what it was asked before.
    private static void wait(Tensor x) {
        try (Tensor row = x.slice(0, 1)) {
            row.floats();
        }
    }
}
