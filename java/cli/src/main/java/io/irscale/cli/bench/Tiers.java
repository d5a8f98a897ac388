package io.irscale.cli.bench;

import io.irscale.denoise.Approximation;
import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Reused;
import io.irscale.denoise.Row;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs all steps of an image with a lossy tier and without it, in turns. */
final class Tiers {
    private static final int WARMUPS = 1;

    private final FluxTransformer flux;
    private final Plan plan;
    private final FlowSchedule schedule;
    private final Supplier<Tensor> noise;
    private final int n;
    private final int runs;
    private final Runnable check;
    private long stepsLeft;

    /**
     * @param n rows
     * @param noise makes their starting noise, (N, T, C) in F32
     * @param check called before every run
     */
    Tiers(
            FluxTransformer flux,
            Plan plan,
            FlowSchedule schedule,
            int n,
            Supplier<Tensor> noise,
            int runs,
            Runnable check) {
        this.flux = flux;
        this.plan = plan;
        this.schedule = schedule;
        this.n = n;
        this.noise = noise;
        this.runs = runs;
        this.check = check;
    }

    /** One tier for each approximation that is asked for. */
    List<Tier> measure(Approximation asked) {
        List<Tier> out = new ArrayList<>();
        if (asked.fp8()) {
            out.add(measure("fp8", new Approximation(true, 0)));
        }
        if (asked.reuses()) {
            out.add(measure("reuse " + asked.reuse(), new Approximation(false, asked.reuse())));
        }
        if (asked.fp8() && asked.reuses()) {
            out.add(measure("both", asked));
        }
        return out;
    }

    private Tier measure(String name, Approximation tier) {
        List<Double> seconds = new ArrayList<>();
        List<Double> lossless = new ArrayList<>();
        float[] wanted = {};
        float[] got = {};
        for (int run = 0; run < WARMUPS + runs; run++) {
            check.run();
            long start = System.nanoTime();
            wanted = denoised(Approximation.NONE);
            long between = System.nanoTime();
            flux.fp8(tier.fp8()); // quantising is no part of an image
            long again = System.nanoTime();
            stepsLeft = 0;
            got = denoised(tier);
            long end = System.nanoTime();
            flux.fp8(false);
            if (run >= WARMUPS) {
                lossless.add((between - start) / 1e9);
                seconds.add((end - again) / 1e9);
            }
        }
        double rows = (double) n * schedule.steps();
        return new Tier(name, seconds, lossless, difference(got, wanted), stepsLeft / rows);
    }

    private float[] denoised(Approximation tier) {
        List<@Nullable Tensor> last = new ArrayList<>(Collections.nCopies(n, null));
        try (Tensor img = noise.get()) {
            for (int step = 0; step < schedule.steps(); step++) {
                List<Row> rows = Collections.nCopies(n, Row.of(plan, step));
                float[] dsigma = new float[n];
                Arrays.fill(dsigma, schedule.sigma(step + 1) - schedule.sigma(step));
                try (Tensor velocity = velocity(img, rows, tier, last)) {
                    Euler.step(img, velocity, dsigma);
                }
            }
            return img.floats();
        } finally {
            close(last);
        }
    }

    private Tensor velocity(Tensor img, List<Row> rows, Approximation tier, List<@Nullable Tensor> last) {
        if (!tier.reuses()) {
            return flux.velocity(img, rows, null);
        }
        Reused forward = flux.velocity(img, rows, last, tier.reuse());
        close(last);
        for (int i = 0; i < last.size(); i++) {
            last.set(i, forward.features().get(i));
        }
        stepsLeft += forward.reused().stream().filter(Boolean::booleanValue).count();
        return forward.velocity();
    }

    private static void close(List<@Nullable Tensor> tensors) {
        for (Tensor tensor : tensors) {
            if (tensor != null) {
                tensor.close();
            }
        }
    }

    private static double difference(float[] got, float[] wanted) {
        double squares = 0;
        double of = 0;
        for (int i = 0; i < wanted.length; i++) {
            squares += Math.pow((double) got[i] - wanted[i], 2);
            of += Math.pow(wanted[i], 2);
        }
        return Math.sqrt(squares / of);
    }
}
