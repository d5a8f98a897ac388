package io.irscale.search;

import io.irscale.denoise.FlowSchedule;
import io.irscale.error.DeviceMemoryException;
import io.irscale.latent.NeighbourNoise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A device of plain doubles: a latent is a vector, the velocity and the reward are functions. Counts the latents alive,
 * and remembers its batches.
 */
public final class FakeBackend implements Backend {
    /** The velocity v = E[eps - x0 | x] at level t. */
    public interface Velocity {
        double[] at(double[] x, double t);
    }

    /** The score of a clean vector; previews come with the step they were made at. */
    public interface Reward {
        double of(double[] x0, boolean preview);
    }

    private final int dimensions;
    private final Velocity velocity;
    private final Reward reward;
    private final AtomicLong live = new AtomicLong();
    private final List<Integer> batches = new ArrayList<>();
    private int most = Integer.MAX_VALUE;
    private Duration pace = Duration.ZERO;

    public FakeBackend(int dimensions, Velocity velocity, Reward reward) {
        this.dimensions = dimensions;
        this.velocity = velocity;
        this.reward = reward;
    }

    /** Data N(0, 1) in every dimension; the reward is the first coordinate. */
    public static FakeBackend gaussian(int dimensions) {
        return new FakeBackend(dimensions, FakeBackend::standardNormal, (x0, preview) -> x0[0]);
    }

    /** The exact velocity of data that is N(0, 1): E[x0|x] = (1 - t) x / s, E[eps|x] = t x / s, s = (1 - t)^2 + t^2. */
    public static double[] standardNormal(double[] x, double t) {
        double s = (1 - t) * (1 - t) + t * t;
        return Arrays.stream(x).map(value -> (t - (1 - t)) * value / s).toArray();
    }

    /** Runs out of memory above {@code rows} rows. */
    public FakeBackend fits(int rows) {
        most = rows;
        return this;
    }

    /** Takes so long for a forward. */
    public FakeBackend takes(Duration time) {
        pace = time;
        return this;
    }

    /** Latents alive. */
    public long live() {
        return live.get();
    }

    /** Rows of every batch of forwards. */
    public List<Integer> batches() {
        return List.copyOf(batches);
    }

    /** A prompt over {@code steps} even steps from 1 to 0. */
    public static Conditioning conditioning(int steps) {
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i <= steps; i++) {
            sigmas[i] = (float) (1 - (double) i / steps);
        }
        return new FakeConditioning("a prompt", FlowSchedule.of(sigmas), 1, "fake");
    }

    /** What a fake search's candidates share. */
    public record FakeConditioning(String prompt, FlowSchedule schedule, int forwardsPerStep, Object batchKey)
            implements Conditioning {
        @Override
        public int forwards(int step) {
            return forwardsPerStep;
        }

        @Override
        public int gradients(int step) {
            return 0;
        }

        @Override
        public void close() {}
    }

    private final class Vector implements Latent {
        private final double[] values;
        private boolean closed;

        Vector(double[] values) {
            this.values = values;
            live.incrementAndGet();
        }

        @Override
        public Latent share() {
            return new Vector(values(this));
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("a latent was closed twice");
            }
            closed = true;
            live.decrementAndGet();
        }
    }

    private static double[] values(@Nullable Latent latent) {
        Vector vector = (Vector) Objects.requireNonNull(latent);
        if (vector.closed) {
            throw new IllegalStateException("a closed latent was used");
        }
        return vector.values;
    }

    private double[] normal(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        double[] values = new double[dimensions];
        Arrays.setAll(values, i -> random.nextGaussian());
        return values;
    }

    @Override
    public List<Latent> noise(Conditioning conditioning, long[] seeds) {
        return Arrays.stream(seeds)
                .mapToObj(seed -> (Latent) new Vector(normal(seed)))
                .toList();
    }

    @Override
    public Latent neighbour(Conditioning conditioning, Latent noise, double cosine, long seed) {
        return new Vector(NeighbourNoise.at(values(noise), normal(seed), cosine));
    }

    @Override
    public List<Latent> velocities(List<At> rows) {
        if (rows.size() > most) {
            throw new DeviceMemoryException("out of memory");
        }
        if (!pace.isZero()) {
            long until = System.nanoTime() + pace.toNanos();
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        batches.add(rows.size());
        return rows.stream()
                .map(row -> (Latent) new Vector(velocity.at(
                        values(row.x()), row.conditioning().schedule().sigma(row.step()))))
                .toList();
    }

    @Override
    public List<Latent> move(List<Move> rows) {
        return rows.stream().map(this::moved).toList();
    }

    private Latent moved(Move move) {
        double[] x = values(move.x());
        double[] v = move.transition().velocity() == 0 ? new double[dimensions] : values(move.velocity());
        double[] z = move.transition().stochastic() ? normal(move.seed()) : new double[dimensions];
        double[] out = new double[dimensions];
        Arrays.setAll(
                out,
                i -> move.transition().latent() * x[i]
                        + move.transition().velocity() * v[i]
                        + move.transition().noise() * z[i]);
        return new Vector(out);
    }

    @Override
    public Judgement judge(List<Clean> rows) {
        if (rows.size() > most) {
            throw new DeviceMemoryException("out of memory");
        }
        return new Judgement(
                rows.stream()
                        .map(row -> new float[] {(float) reward.of(values(row.x0()), row.preview())})
                        .toList(),
                rows.stream()
                        .map(row -> Optional.<io.irscale.decode.Image>empty())
                        .toList(),
                Duration.ZERO,
                Duration.ZERO);
    }
}
