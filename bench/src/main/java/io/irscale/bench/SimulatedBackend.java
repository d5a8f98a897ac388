package io.irscale.bench;

import io.irscale.decode.Image;
import io.irscale.denoise.FlowSchedule;
import io.irscale.search.Backend;
import io.irscale.search.Conditioning;
import io.irscale.search.Latent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A device whose candidates are nothing but rewards: one for the preview after each evaluation, and the final one. */
final class SimulatedBackend implements Backend {
    private final SimulatedRewards rewards;

    SimulatedBackend(SimulatedRewards rewards) {
        this.rewards = rewards;
    }

    /** A candidate after so many evaluations. */
    @SuppressWarnings("ArrayRecordComponent") // shared by all of a candidate's rows, compared by nobody
    private record Row(double[] rewards, int evaluations) implements Latent {
        @Override
        public Latent share() {
            return this;
        }

        @Override
        public void close() {}
    }

    /** Even steps; what they are called does not matter. */
    static Conditioning conditioning() {
        float[] sigmas = new float[SimulatedRewards.STEPS + 1];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = 1 - (float) i / SimulatedRewards.STEPS;
        }
        return new Plain(FlowSchedule.of(sigmas));
    }

    private record Plain(FlowSchedule schedule) implements Conditioning {
        @Override
        public String prompt() {
            return "simulated";
        }

        @Override
        public int forwards(int step) {
            return 1;
        }

        @Override
        public int gradients(int step) {
            return 0;
        }

        @Override
        public Object batchKey() {
            return SimulatedBackend.class;
        }

        @Override
        public void close() {}
    }

    @Override
    public List<Latent> noise(Conditioning conditioning, long[] seeds) {
        return Arrays.stream(seeds)
                .mapToObj(seed -> (Latent) new Row(rewards.draw(seed), 0))
                .toList();
    }

    @Override
    public Latent neighbour(Conditioning conditioning, Latent noise, double cosine, long seed) {
        throw new IllegalArgumentException(
                "rewards have no neighbours: only strategies that draw and prune can be simulated");
    }

    @Override
    public List<Latent> velocities(List<At> rows) {
        return rows.stream()
                .map(row -> (Latent) new Row(row(row.x()).rewards(), row.step() + 1))
                .toList();
    }

    /** Both a step on and a preview show what the last evaluation did. */
    @Override
    public List<Latent> move(List<Move> rows) {
        return rows.stream().map(move -> (Latent) row(move.velocity())).toList();
    }

    @Override
    public Judgement judge(List<Clean> rows) {
        List<float[]> parts = rows.stream()
                .map(clean -> row(clean.x0()))
                .map(row -> new float[] {(float) row.rewards()[row.evaluations()]})
                .toList();
        return new Judgement(
                parts, parts.stream().map(part -> Optional.<Image>empty()).toList(), Duration.ZERO, Duration.ZERO);
    }

    private static Row row(@Nullable Latent latent) {
        return (Row) Objects.requireNonNull(latent);
    }
}
