package io.irscale.search;

import io.irscale.solver.Renoise;
import io.irscale.solver.Solver;
import io.irscale.solver.Transition;
import io.irscale.verify.ImageVerifier;
import io.irscale.verify.Panel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** A search over the batcher: pays, keeps the books, and hands the work to the device thread. */
final class RunningSearch implements Search {
    private final StepBatcher batcher;
    private final Lane lane;
    private final SearchSetup setup;
    private final Panel panel;
    private final Prospect prospect;
    private final Purse purse;
    private final Finals finals;
    private final Lineage.Recorder recorder = new Lineage.Recorder();
    private final Map<Integer, List<float[]>> previewed = new HashMap<>();
    private final RandomGenerator random;
    private long started;

    RunningSearch(StepBatcher batcher, Lane lane, SearchSetup setup) {
        this.batcher = batcher;
        this.lane = lane;
        this.setup = setup;
        this.panel = setup.panel();
        this.prospect = new Prospect(setup.budget(), lane.conditioning.schedule(), lane.conditioning::forwards);
        this.purse = new Purse(setup.budget(), lane.ledger);
        this.finals = new Finals(panel.objective(), !panel.isEmpty());
        this.random = new SplittableRandom(setup.seed());
        lane.deadline = purse.deadline();
    }

    Finals finals() {
        return finals;
    }

    Lineage lineage() {
        return recorder.lineage(finals.all());
    }

    Stop stopped() {
        return purse.refused();
    }

    @Override
    public int steps() {
        return prospect.steps();
    }

    @Override
    public double level(int step) {
        return prospect.level(step);
    }

    @Override
    public List<Candidate> start(int n) {
        List<Candidate> fresh = IntStream.range(0, n)
                .mapToObj(i -> born(Candidate.ROOT, setup.seed() + started++, 0))
                .toList();
        long[] seeds = fresh.stream().mapToLong(Candidate::seed).toArray();
        lane.defer(() -> {
            List<Latent> noise = batcher.backend().noise(lane.conditioning, seeds);
            for (int i = 0; i < noise.size(); i++) {
                lane.hold(fresh.get(i), noise.get(i));
            }
        });
        return fresh;
    }

    @Override
    public Candidate near(Candidate pivot, double cosine) {
        requireAlive(pivot);
        if (pivot.step != 0) {
            throw new IllegalArgumentException(pivot + " has no noise to be near of, expected step 0");
        }
        Candidate near = born(pivot.id(), pivot.seed(), 0);
        long seed = NoiseSeeds.next(lane.seed, near);
        lane.defer(() -> lane.hold(
                near, batcher.backend().neighbour(lane.conditioning, DeviceWork.latent(pivot), cosine, seed)));
        return near;
    }

    @Override
    public List<Candidate> fork(Candidate parent, int n) {
        requireAlive(parent);
        List<Candidate> forks = IntStream.range(0, n)
                .mapToObj(i -> born(parent.id(), parent.seed(), parent.step))
                .toList();
        for (Candidate fork : forks) {
            fork.evaluated = parent.evaluated;
            fork.forwards = parent.forwards;
        }
        lane.defer(() -> {
            for (Candidate fork : forks) {
                lane.hold(fork, DeviceWork.latent(parent).share());
                fork.velocity = parent.velocity == null ? null : parent.velocity.share();
                fork.last = parent.last == null ? null : parent.last.share();
            }
        });
        return forks;
    }

    @Override
    public void renoise(List<Candidate> candidates, int step) {
        for (Candidate candidate : candidates) {
            if (step < 0 || step > candidate.step) {
                throw new IllegalArgumentException("%s cannot be renoised to step %d".formatted(candidate, step));
            }
            Transition transition = Renoise.to(level(candidate.step), level(step));
            candidate.step = step;
            change(candidate, transition);
        }
    }

    @Override
    public void mutate(List<Candidate> candidates, double keep, double noise) {
        candidates.forEach(candidate -> change(candidate, new Transition(keep, 0, noise)));
    }

    private void change(Candidate candidate, Transition transition) {
        requireAlive(candidate);
        candidate.evaluated = false;
        long seed = NoiseSeeds.next(lane.seed, candidate);
        lane.defer(() -> {
            Latent x = DeviceWork.latent(candidate);
            Backend.Move move = new Backend.Move(lane.conditioning, x, null, transition, seed);
            Lane.moveTo(candidate, batcher.backend().move(List.of(move)).getFirst());
        });
    }

    @Override
    public void denoise(List<Candidate> candidates, int toStep, Solver solver) {
        if (toStep > steps()) {
            throw new IllegalArgumentException("step %d is beyond the %d of the schedule".formatted(toStep, steps()));
        }
        List<Candidate> moving = alive(candidates).stream()
                .filter(candidate -> candidate.step < toStep)
                .toList();
        long cost = moving.stream()
                .mapToLong(candidate -> cost(candidate.evaluated ? candidate.step + 1 : candidate.step, toStep))
                .sum();
        walk(
                cost,
                moving.stream()
                        .map(each -> new Request.Leg(each, toStep, solver))
                        .toList());
    }

    private void walk(long cost, List<Request.Leg> legs) {
        purse.requireForwards(cost);
        if (!legs.isEmpty()) {
            batcher.submit(lane, new Request.Walk(legs));
        }
    }

    @Override
    public void evaluate(List<Candidate> candidates) {
        List<Candidate> unknown = alive(candidates).stream()
                .filter(candidate -> !candidate.evaluated && candidate.step < steps())
                .toList();
        walk(
                unknown.stream()
                        .mapToLong(each -> cost(each.step, each.step + 1))
                        .sum(),
                unknown.stream()
                        .map(each -> new Request.Leg(each, each.step, null))
                        .toList());
    }

    @Override
    public Scores preview(List<Candidate> candidates) {
        List<Candidate> looked = alive(candidates);
        for (Candidate candidate : looked) {
            if (candidate.step == steps()) {
                throw new IllegalArgumentException(candidate + " is finished: score it");
            }
        }
        purse.requireCalls(looked.size());
        evaluate(looked);
        List<Request.Glance> glances = look(looked, true);
        double[] values = previewValues(glances);
        for (int i = 0; i < values.length; i++) {
            Candidate candidate = looked.get(i);
            double value = values[i];
            recorder.previewed(candidate, value);
            glances.get(i).image.ifPresent(image -> setup.listener().previewed(candidate, value, image));
        }
        return Scores.of(looked, values);
    }

    // A relative objective compares a preview with all others of its step.
    private double[] previewValues(List<Request.Glance> glances) {
        double[] values = new double[glances.size()];
        for (int step : glances.stream()
                .mapToInt(glance -> glance.candidate.step)
                .distinct()
                .toArray()) {
            int[] places = IntStream.range(0, values.length)
                    .filter(i -> glances.get(i).candidate.step == step)
                    .toArray();
            List<float[]> pool = panel.objective().relative()
                    ? previewed.computeIfAbsent(step, key -> new ArrayList<>())
                    : new ArrayList<>();
            int before = pool.size();
            for (int place : places) {
                pool.add(glances.get(place).parts);
            }
            double[] all = panel.objective().values(pool);
            for (int i = 0; i < places.length; i++) {
                values[places[i]] = all[before + i];
            }
        }
        return values;
    }

    @Override
    public Scores score(List<Candidate> candidates) {
        for (Candidate candidate : candidates) {
            if (candidate.step != steps()) {
                throw new IllegalArgumentException(candidate + " is not finished: preview it");
            }
        }
        List<Candidate> fresh =
                candidates.stream().distinct().filter(each -> !finals.has(each)).toList();
        purse.requireCalls(panel.isEmpty() ? 0 : alive(fresh).size());
        List<Request.Glance> glances = look(fresh, false);
        finals.add(fresh, glances.stream().map(glance -> glance.parts).toList());
        for (Request.Glance glance : glances) {
            Scored scored = finals.get(glance.candidate);
            scored.score().ifPresent(value -> recorder.best(lane.ledger.counts().forwards(), value));
            glance.image.ifPresent(image -> setup.listener().finished(scored, image));
        }
        lane.best = recorder.best();
        purse.requireBelow(recorder.best());
        return Scores.of(
                candidates.stream().distinct().toList(),
                candidates.stream().distinct().mapToDouble(finals::value).toArray());
    }

    /** Decodes and scores on the device, then asks the verifiers that live elsewhere. */
    private List<Request.Glance> look(List<Candidate> candidates, boolean preview) {
        if (candidates.isEmpty()) {
            return List.of();
        }
        boolean host = panel.needsImages(preview);
        boolean shown =
                preview ? setup.listener().wantsPreviews() : setup.listener().wantsImages();
        List<Request.Glance> glances = candidates.stream()
                .map(candidate -> new Request.Glance(candidate, preview, host || shown))
                .toList();
        batcher.submit(lane, new Request.Look(glances));
        long start = System.nanoTime();
        if (host) {
            panel.scoreHost(
                    glances.stream()
                            .map(glance -> new ImageVerifier.Asked(
                                    glance.candidate.id(), glance.image.orElseThrow(), lane.conditioning.prompt()))
                            .toList(),
                    glances.stream().map(glance -> glance.parts).toArray(float[][]::new),
                    preview);
        }
        lane.ledger.verified(panel.isEmpty() ? 0 : glances.size(), host ? System.nanoTime() - start : 0);
        if (!shown) {
            glances.forEach(glance -> glance.image = Optional.empty());
        }
        return glances;
    }

    @Override
    public void drop(Collection<Candidate> candidates) {
        List<Candidate> dropped =
                candidates.stream().filter(candidate -> !candidate.dropped).toList();
        dropped.forEach(candidate -> candidate.dropped = true);
        lane.defer(() -> dropped.forEach(lane::free));
    }

    @Override
    public long cost(int fromStep, int toStep) {
        return prospect.cost(fromStep, toStep);
    }

    @Override
    public long forwardsLeft() {
        return purse.forwardsLeft();
    }

    @Override
    public long callsLeft() {
        return purse.callsLeft();
    }

    @Override
    public boolean affords(long forwards, long calls) {
        return purse.affords(forwards, calls);
    }

    @Override
    public boolean bounded() {
        return prospect.bounded();
    }

    @Override
    public int width() {
        return lane.size.rows();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    private Candidate born(int parent, long seed, int step) {
        Candidate candidate = new Candidate(recorder.births(), parent, seed, step);
        recorder.born(candidate);
        return candidate;
    }

    private static List<Candidate> alive(List<Candidate> candidates) {
        candidates.forEach(RunningSearch::requireAlive);
        return List.copyOf(new LinkedHashSet<>(candidates));
    }

    private static void requireAlive(Candidate candidate) {
        if (candidate.dropped) {
            throw new IllegalArgumentException(candidate + " was dropped");
        }
    }
}
