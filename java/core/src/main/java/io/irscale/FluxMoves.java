package io.irscale;

import io.irscale.denoise.Euler;
import io.irscale.latent.Combine;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.search.Backend.Move;
import io.irscale.search.Latent;
import io.irscale.solver.Transition;
import io.irscale.tensor.DType;
import io.irscale.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Transitions over a batch of latents. */
final class FluxMoves {
    private final EngineOptions options;

    FluxMoves(EngineOptions options) {
        this.options = options;
    }

    /** The moved latents, in the order of the rows. */
    List<Latent> apply(List<Move> rows) {
        @Nullable Latent[] moved = new Latent[rows.size()];
        try {
            // The deterministic step goes the reference's way, to the last bit.
            place(moved, rows, FluxMoves::isEuler, FluxMoves::euler);
            place(moved, rows, move -> !isEuler(move), this::combine);
        } catch (RuntimeException e) {
            Arrays.stream(moved).filter(Objects::nonNull).forEach(Latent::close);
            throw e;
        }
        return Arrays.stream(moved).map(Objects::requireNonNull).toList();
    }

    private static boolean isEuler(Move move) {
        Transition transition = move.transition();
        return transition.latent() == 1 && transition.noise() == 0 && transition.velocity() != 0;
    }

    private static void place(
            @Nullable Latent[] moved,
            List<Move> rows,
            Function<Move, Boolean> which,
            Function<List<Move>, Tensor> batch) {
        int[] places = IntStream.range(0, rows.size())
                .filter(i -> which.apply(rows.get(i)))
                .toArray();
        if (places.length == 0) {
            return;
        }
        try (Tensor result =
                batch.apply(Arrays.stream(places).mapToObj(rows::get).toList())) {
            List<Latent> latents = FluxLatent.split(result);
            for (int i = 0; i < places.length; i++) {
                moved[places[i]] = latents.get(i);
            }
        }
    }

    private static Tensor euler(List<Move> rows) {
        Tensor img = FluxLatent.concat(rows.stream().map(Move::x).toList());
        try (Tensor velocity = velocities(rows)) {
            Euler.step(img, velocity, factors(rows, Transition::velocity));
            return img;
        } catch (RuntimeException e) {
            img.close();
            throw e;
        }
    }

    private Tensor combine(List<Move> rows) {
        boolean moving = rows.stream().anyMatch(row -> row.transition().velocity() != 0);
        boolean noisy = rows.stream().anyMatch(row -> row.transition().stochastic());
        try (Tensor img = FluxLatent.concat(rows.stream().map(Move::x).toList());
                @Nullable Tensor velocity = moving ? velocities(rows) : null;
                @Nullable Tensor noise = noisy ? noise(rows) : null) {
            return Combine.of(
                    img,
                    velocity,
                    noise,
                    factors(rows, Transition::latent),
                    factors(rows, Transition::velocity),
                    factors(rows, Transition::noise));
        }
    }

    // A row that does not use its velocity may have none: its latent stands in.
    private static Tensor velocities(List<Move> rows) {
        return FluxLatent.concat(rows.stream()
                .map(row -> row.velocity() == null ? row.x() : row.velocity())
                .toList());
    }

    // In F32: a step's noise is small against the latent.
    private Tensor noise(List<Move> rows) {
        LatentShape shape = FluxBackend.of(rows.getFirst().conditioning()).shape();
        long[] seeds = rows.stream().mapToLong(Move::seed).toArray();
        return Noise.packed(seeds, shape, options.device(), DType.F32);
    }

    private static float[] factors(List<Move> rows, Function<Transition, Double> which) {
        float[] factors = new float[rows.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = which.apply(rows.get(i).transition()).floatValue();
        }
        return factors;
    }
}
