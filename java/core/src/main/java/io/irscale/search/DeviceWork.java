package io.irscale.search;

import io.irscale.solver.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the device does with a batch: forwards, moves, looks. Costs are booked once they were really spent. */
final class DeviceWork {
    private final Backend backend;

    DeviceWork(Backend backend) {
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    /** Computes the velocity of every candidate where it stands. */
    void forward(Batch<Request.Leg> batch) {
        long start = System.nanoTime();
        List<Latent> velocities = backend.velocities(batch.rows().stream()
                .map(row -> new Backend.At(
                        row.lane().conditioning,
                        latent(row.work().candidate()),
                        row.work().candidate().step,
                        row.work().candidate().last))
                .toList());
        long nanos = (System.nanoTime() - start) / batch.rows().size();
        for (int i = 0; i < velocities.size(); i++) {
            Batch.Row<Request.Leg> row = batch.rows().get(i);
            Candidate candidate = row.work().candidate();
            candidate.velocity = velocities.get(i);
            candidate.evaluated = true;
            candidate.forwards += row.lane().conditioning.forwards(candidate.step);
            candidate.denoiseNanos += nanos;
        }
        for (Lane lane : batch.lanes()) {
            List<Request.Leg> legs = batch.of(lane);
            lane.ledger.forwarded(
                    legs.stream()
                            .mapToLong(leg -> lane.conditioning.forwards(leg.candidate().step))
                            .sum(),
                    legs.stream()
                            .mapToLong(leg -> lane.conditioning.gradients(leg.candidate().step))
                            .sum(),
                    nanos * legs.size());
        }
    }

    /** Takes every candidate whose leg goes further one step on. */
    void move(Batch<Request.Leg> batch) {
        List<Batch.Row<Request.Leg>> rows =
                batch.rows().stream().filter(row -> row.work().needsMove()).toList();
        if (rows.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        List<Backend.Move> moves = rows.stream().map(DeviceWork::step).toList();
        List<Latent> moved = backend.move(moves);
        long nanos = (System.nanoTime() - start) / rows.size();
        for (int i = 0; i < moved.size(); i++) {
            Candidate candidate = rows.get(i).work().candidate();
            Lane.moveTo(candidate, moved.get(i));
            if (moves.get(i).transition().stochastic()) {
                candidate.draws++; // now that it was made: a batch that did not fit draws the same again
            }
            candidate.evaluated = false;
            candidate.step++;
            candidate.denoiseNanos += nanos;
            rows.get(i).lane().ledger.moved(nanos);
        }
    }

    private static Backend.Move step(Batch.Row<Request.Leg> row) {
        Candidate candidate = row.work().candidate();
        Conditioning conditioning = row.lane().conditioning;
        Transition transition = Objects.requireNonNull(row.work().solver())
                .step(
                        conditioning.schedule().sigma(candidate.step),
                        conditioning.schedule().sigma(candidate.step + 1));
        long seed = transition.stochastic() ? NoiseSeeds.of(row.lane().seed, candidate) : 0;
        return new Backend.Move(conditioning, latent(candidate), candidate.velocity, transition, seed);
    }

    /** Decodes and scores images, or the x0 that candidates on the way point to. */
    void look(Batch<Request.Glance> batch) {
        List<Latent> clean = clean(batch);
        try {
            List<Backend.Clean> rows = new ArrayList<>();
            for (int i = 0; i < clean.size(); i++) {
                Batch.Row<Request.Glance> row = batch.rows().get(i);
                rows.add(new Backend.Clean(
                        row.lane().conditioning, clean.get(i), row.work().preview, row.work().wanted));
            }
            book(batch, backend.judge(rows));
        } finally {
            clean.forEach(Latent::close);
        }
    }

    private List<Latent> clean(Batch<Request.Glance> batch) {
        List<Latent> clean = new ArrayList<>();
        List<Backend.Move> previews = new ArrayList<>();
        for (Batch.Row<Request.Glance> row : batch.rows()) {
            Candidate candidate = row.work().candidate;
            if (row.work().preview) {
                Conditioning conditioning = row.lane().conditioning;
                Transition transition =
                        Transition.preview(conditioning.schedule().sigma(candidate.step));
                previews.add(new Backend.Move(conditioning, latent(candidate), candidate.velocity, transition, 0));
            }
        }
        List<Latent> x0 = new ArrayList<>(previews.isEmpty() ? List.of() : backend.move(previews));
        for (Batch.Row<Request.Glance> row : batch.rows()) {
            clean.add(
                    row.work().preview
                            ? x0.removeFirst()
                            : latent(row.work().candidate).share());
        }
        return clean;
    }

    private static void book(Batch<Request.Glance> batch, Backend.Judgement judgement) {
        int n = batch.rows().size();
        long decode = judgement.decode().toNanos() / n;
        long verify = judgement.verify().toNanos() / n;
        for (int i = 0; i < n; i++) {
            Request.Glance glance = batch.rows().get(i).work();
            glance.parts = judgement.parts().get(i);
            glance.image = judgement.images().get(i);
            glance.candidate.decodeNanos += decode;
            glance.candidate.verifyNanos += verify;
        }
        for (Lane lane : batch.lanes()) {
            List<Request.Glance> glances = batch.of(lane);
            int previews =
                    (int) glances.stream().filter(glance -> glance.preview).count();
            lane.ledger.judged(previews, glances.size() - previews, decode * glances.size(), verify * glances.size());
        }
    }

    static Latent latent(Candidate candidate) {
        return Objects.requireNonNull(candidate.x, () -> candidate + " was dropped");
    }
}
