package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.FlowGrpo;
import io.irscale.solver.Solver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * EvoSearch (arXiv 2505.17618; {@code flux_evol_pipe.py} of its code): at given times every particle is finished and scored,
 * and what it was at this and all later times joins their pools with that score. The pool breeds the population that goes
 * on: its elites as they are, and mutated parents, each the best of a random 90 % of the pool. Mutation is
 * sqrt(1 - b^2) x + b xi in the first generation and x + s xi later, with s the deviation of the noise of an
 * SDE-DPM-Solver++ step to this level: t sqrt(1 - e^(-2h)), h = lambda(t) - lambda(t'), lambda(t) = log((1 - t) / t), t' the
 * level one step before. (The code mutates states that are one step further than it takes them for; here they stand where
 * they are.)
 *
 * <p>With times t_1 &lt; ... &lt; t_G of T steps, populations n_0 ... n_G and t_0 = 0 a run costs exactly the sum of
 * n_g (T - t_g) forwards, g from 0 to G, and n_0 + ... + n_G verifier calls. Alive are the pools, at most
 * G n_0 + (G - 1) n_1 + ... + n_(G-1) latents, and one population. A bounded search repeats runs; where less is left, a last one has smaller populations in the same proportions.
 *
 * @param times shares of the steps, rising, from 0 on and below 1, on different steps
 * @param populations at the start and from each of the times on, each larger than {@code elites}
 * @param elites 1 to 1,000,000
 * @param mutation b, above 0 and below 1
 * @param solver between levels; stochastic, or the elites are finished again and again as the same images
 */
public record Evolutionary(List<Double> times, List<Integer> populations, int elites, double mutation, Solver solver)
        implements Strategy {
    private static final double TOURNAMENT = 0.9;

    /** @throws InvalidInputException if a setting is out of its range */
    public Evolutionary {
        times = List.copyOf(times);
        populations = List.copyOf(populations);
        Settings.requireCount("evolution's number of times", times.size());
        double last = -Double.MIN_VALUE;
        for (double time : times) {
            Settings.requireBetween("evolution's time", time, last, 1);
            last = time;
        }
        if (populations.size() != times.size() + 1) {
            throw new InvalidInputException("evolution has %d populations, expected %d, one more than times"
                    .formatted(populations.size(), times.size() + 1));
        }
        Settings.requireCount("evolution's elites", elites);
        for (int population : populations) {
            Settings.requireAtLeast("evolution's population", population, elites + 1);
        }
        Settings.requireBetween("evolution's mutation", mutation, 0, 1);
    }

    /** The paper's for FLUX.1-dev: times 5, 20, 30 and 40 of 50, populations 14, 7, 7, 7 and 10, 3 elites, b = 0.2. */
    public static Evolutionary defaults() {
        return new Evolutionary(List.of(0.1, 0.4, 0.6, 0.8), List.of(14, 7, 7, 7, 10), 3, 0.2, FlowGrpo.DEFAULT);
    }

    /** A state at one of the times, and the image that it became. */
    private record Member(Candidate state, Candidate image) {}

    @Override
    public String name() {
        return "evolution";
    }

    @Override
    public void check(Outlook outlook) {
        int last = -1;
        for (int g = 0; g < times.size(); g++) {
            int step = Settings.step(outlook, times.get(g));
            if (step <= last || step >= outlook.steps()) {
                throw new InvalidInputException("evolution's time %s falls on step %d, expected %d to %d"
                        .formatted(times.get(g), step, last + 1, outlook.steps() - 1));
            }
            last = step;
        }
        Settings.requireCalls(name(), calls(1), outlook);
    }

    @Override
    public long leastForwards(Outlook outlook) {
        return forwards(outlook, steps(outlook), 1);
    }

    @Override
    public void run(Search search) {
        int[] steps = steps(search);
        Affordable.rounds(search, () -> affordable(search, steps), first -> evolve(search, steps, first));
    }

    /** @param first size of the first population, which scales the others */
    private void evolve(Search search, int[] steps, int first) {
        List<List<Member>> pools = IntStream.range(0, steps.length)
                .mapToObj(g -> (List<Member>) new ArrayList<Member>())
                .toList();
        List<Candidate> particles = search.start(population(0, first));
        for (int g = 0; g < steps.length; g++) {
            search.denoise(particles, steps[g], solver);
            finish(search, particles, pools.subList(g, steps.length), steps, g);
            particles = breed(search, pools.get(g), population(g + 1, first));
            mutate(search, particles.subList(elites, particles.size()), steps[g], g == 0);
        }
        scoreAndDrop(search, particles);
    }

    /** Takes particles to the end; copies of them stay behind at this time and all later ones. */
    private void finish(Search search, List<Candidate> particles, List<List<Member>> pools, int[] steps, int g) {
        for (int later = 0; later < pools.size(); later++) {
            search.denoise(particles, steps[g + later], solver);
            for (Candidate particle : particles) {
                pools.get(later).add(new Member(search.fork(particle, 1).getFirst(), particle));
            }
        }
        scoreAndDrop(search, particles);
    }

    private void scoreAndDrop(Search search, List<Candidate> particles) {
        search.denoise(particles, search.steps(), solver);
        search.score(particles);
        search.drop(particles);
    }

    /** Elites first, then parents still to be mutated. */
    private List<Candidate> breed(Search search, List<Member> pool, int size) {
        Scores scores = search.score(pool.stream().map(Member::image).toList());
        List<Member> ranked = new ArrayList<>(pool);
        ranked.sort(Comparator.comparingDouble((Member member) -> -scores.of(member.image()))
                .thenComparingInt(member -> member.image().id()));
        List<Candidate> next = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Member parent = ranked.get(i < elites ? i : bestOfSome(search, ranked.size()));
            next.addAll(search.fork(parent.state(), 1));
        }
        search.drop(pool.stream().map(Member::state).toList());
        return next;
    }

    /** The rank of the best of a random 90 % of so many. */
    private static int bestOfSome(Search search, int size) {
        List<Integer> ranks = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        Collections.shuffle(ranks, search.random());
        return Collections.min(ranks.subList(0, Math.max(1, (int) (TOURNAMENT * size))));
    }

    private void mutate(Search search, List<Candidate> children, int step, boolean first) {
        if (first) {
            search.mutate(children, Math.sqrt(1 - mutation * mutation), mutation);
        } else {
            search.mutate(children, 1, deviation(search.level(step - 1), search.level(step)));
        }
    }

    /** t sqrt(1 - e^(-2h)), and t from pure noise. */
    static double deviation(double from, double to) {
        double kept = (1 - from) / from * (to / (1 - to)); // e^(-h)
        return to * Math.sqrt(1 - kept * kept);
    }

    private int[] steps(Outlook outlook) {
        return times.stream().mapToInt(time -> Settings.step(outlook, time)).toArray();
    }

    /** The population from time {@code g} on, in proportion to the first. */
    private int population(int g, int first) {
        return Math.max(elites + 1, (int) Math.round((double) populations.get(g) * first / populations.getFirst()));
    }

    private int affordable(Search search, int[] steps) {
        return Affordable.largest(search, populations.getFirst(), first -> forwards(search, steps, first), this::calls);
    }

    private long forwards(Outlook outlook, int[] steps, int first) {
        long forwards = 0;
        int from = 0;
        for (int g = 0; g < steps.length; g++) {
            forwards += population(g, first) * outlook.cost(from, outlook.steps());
            from = steps[g];
        }
        return forwards + population(steps.length, first) * outlook.cost(from, outlook.steps());
    }

    private long calls(int first) {
        return IntStream.rangeClosed(0, times.size())
                .mapToLong(g -> population(g, first))
                .sum();
    }
}
