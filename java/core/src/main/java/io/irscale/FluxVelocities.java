package io.irscale;

import io.irscale.denoise.Approximation;
import io.irscale.denoise.Reused;
import io.irscale.denoise.Row;
import io.irscale.latent.Combine;
import io.irscale.latent.LatentShape;
import io.irscale.search.Backend.At;
import io.irscale.search.Latent;
import io.irscale.tensor.Tensor;
import io.irscale.verify.RewardGradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Velocities of a batch, guided by the verifier's gradient where the rows ask for it. */
final class FluxVelocities {
    private final Pipeline pipeline;

    FluxVelocities(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** The velocities, in the order of the rows. */
    List<Latent> apply(List<At> rows) {
        @Nullable Latent[] out = new Latent[rows.size()];
        try {
            int[] full = where(rows, row -> isGuided(row, Guidance.Form.FULL));
            int[] others = where(rows, row -> !isGuided(row, Guidance.Form.FULL));
            if (others.length > 0) {
                place(out, others, forward(pick(rows, others)));
                guideCheaply(rows, out);
            }
            if (full.length > 0) {
                place(out, full, guideFully(pick(rows, full)));
            }
            return Arrays.stream(out).map(Objects::requireNonNull).toList();
        } catch (RuntimeException e) {
            Arrays.stream(out).filter(Objects::nonNull).forEach(Latent::close);
            throw e;
        }
    }

    private List<Latent> forward(List<At> rows) {
        Approximation approximation = pipeline.options().approximation();
        try (Tensor img = FluxLatent.concat(rows.stream().map(At::x).toList())) {
            if (approximation.reuses()) {
                return reusing(img, rows, approximation.reuse());
            }
            try (Tensor velocity = pipeline.transformer().velocity(img, conditioned(rows), null)) {
                return FluxLatent.split(velocity);
            }
        }
    }

    private List<Latent> reusing(Tensor img, List<At> rows, double threshold) {
        List<@Nullable Tensor> last = new ArrayList<>();
        rows.forEach(row -> last.add(row.last() == null ? null : ((FluxLatent) row.last()).features()));
        Reused forward = pipeline.transformer().velocity(img, conditioned(rows), last, threshold);
        try (Tensor velocity = forward.velocity()) {
            List<Latent> plain = FluxLatent.split(velocity);
            return IntStream.range(0, rows.size())
                    .<Latent>mapToObj(i -> new FluxLatent(
                            FluxLatent.of(plain.get(i)), forward.features().get(i)))
                    .toList();
        } catch (RuntimeException e) {
            forward.features().forEach(Tensor::close);
            throw e;
        }
    }

    private void guideCheaply(List<At> rows, @Nullable Latent[] velocities) {
        int[] cheap = where(rows, row -> isGuided(row, Guidance.Form.CHEAP));
        if (cheap.length == 0) {
            return;
        }
        List<At> guided = pick(rows, cheap);
        float[] sigma = sigma(guided);
        float[] back = new float[sigma.length];
        for (int i = 0; i < back.length; i++) {
            back[i] = -sigma[i];
        }
        try (Tensor velocity = FluxLatent.concat(Arrays.stream(cheap)
                        .mapToObj(i -> Objects.requireNonNull(velocities[i]))
                        .toList());
                Tensor x = FluxLatent.concat(guided.stream().map(At::x).toList());
                Tensor x0 = Combine.of(x, velocity, null, ones(sigma.length), back, new float[sigma.length]);
                RewardGradient.Result reward = pipeline.reward().cheap(x0, shape(guided), prompts(guided))) {
            List<Latent> turned = turn(guided, velocity, reward.gradient());
            for (int i = 0; i < cheap.length; i++) {
                Objects.requireNonNull(velocities[cheap[i]]).close();
                velocities[cheap[i]] = turned.get(i);
            }
        }
    }

    private List<Latent> guideFully(List<At> rows) {
        try (Tensor x = FluxLatent.concat(rows.stream().map(At::x).toList());
                RewardGradient.Result reward =
                        pipeline.reward().full(x, conditioned(rows), sigma(rows), shape(rows), prompts(rows))) {
            return turn(rows, Objects.requireNonNull(reward.velocity()), reward.gradient());
        }
    }

    /** v + factor g / rms(g), row by row. */
    private static List<Latent> turn(List<At> rows, Tensor velocity, Tensor gradient) {
        float[] values = gradient.floats();
        int size = values.length / rows.size();
        float[] factors = new float[rows.size()];
        for (int i = 0; i < factors.length; i++) {
            double squares = 0;
            for (int k = i * size; k < (i + 1) * size; k++) {
                squares += (double) values[k] * values[k];
            }
            double rms = Math.sqrt(squares / size);
            Guidance guidance = guidance(rows.get(i)).orElseThrow();
            factors[i] = rms > 0 ? (float) (guidance.factor(sigma(rows)[i]) / rms) : 0;
        }
        try (Tensor turned =
                Combine.of(velocity, gradient, null, ones(factors.length), factors, new float[factors.length])) {
            return FluxLatent.split(turned);
        }
    }

    private static Optional<Guidance> guidance(At row) {
        return FluxBackend.of(row.conditioning()).guidance(row.step());
    }

    private static boolean isGuided(At row, Guidance.Form form) {
        return guidance(row).map(Guidance::form).equals(Optional.of(form));
    }

    private static int[] where(List<At> rows, Predicate<At> which) {
        return IntStream.range(0, rows.size())
                .filter(i -> which.test(rows.get(i)))
                .toArray();
    }

    private static List<At> pick(List<At> rows, int[] places) {
        return Arrays.stream(places).mapToObj(rows::get).toList();
    }

    private static void place(@Nullable Latent[] out, int[] places, List<Latent> latents) {
        for (int i = 0; i < places.length; i++) {
            out[places[i]] = latents.get(i);
        }
    }

    private static List<Row> conditioned(List<At> rows) {
        return rows.stream()
                .map(row -> FluxBackend.of(row.conditioning()).row(row.step()))
                .toList();
    }

    private static float[] sigma(List<At> rows) {
        float[] sigma = new float[rows.size()];
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = rows.get(i).conditioning().schedule().sigma(rows.get(i).step());
        }
        return sigma;
    }

    private static LatentShape shape(List<At> rows) {
        return FluxBackend.of(rows.getFirst().conditioning()).shape();
    }

    private static List<String> prompts(List<At> rows) {
        return rows.stream().map(row -> row.conditioning().prompt()).toList();
    }

    private static float[] ones(int n) {
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        return ones;
    }
}
