package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.Solver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Feynman-Kac steering (arXiv 2501.06848): particles are weighed by the score of their x0 at some steps and resampled in
 * proportion, so that at the end, with the weights that are left, they stand for p(x) exp(lambda r(x)).
 *
 * <p>Weights add up, as logarithms, from one resampling to the next; resampling is systematic, and happens when the
 * effective sample size has fallen below a share of the particles, or when their number shrinks (the funnel of
 * arXiv 2508.12361). The end is weighed by exp(lambda r) over the product of all weights before. (The released
 * {@code fkd_class.py} forgets weights when it does not resample, cuts them off at 1e10, and weighs the end by the maximum
 * or the sum instead of r.)
 *
 * <p>With k_j particles after the j-th of R looks, at steps s_1 to s_R, a round costs k_0 c(0, s_1 + 1) + sum k_j
 * c(s_j + 1, s_(j+1) + 1) + k_R c(s_R + 1, T) forwards, k T without a funnel, and k_0 + ... + k_R verifier calls, k (R + 1)
 * without one; a single particle is looked at only at its end. With a budget, rounds are repeated while it lasts, the last
 * ones with fewer particles.
 *
 * @param particles k, 1 or more, all alive at once; empty for as many as the budget pays for in one round
 * @param potential how scores on the way weigh
 * @param lambda strength in standard deviations of a round's first scores, 0.001 to 1000: of two particles one such deviation
 *     apart, the better has e^lambda times the weight, whatever the scale of the verifier. As those are scores of early x0,
 *     which differ less than images do, it is stronger than it looks
 * @param first share of the steps at which the first look is, 0 to 1
 * @param last no look after this share of the steps, 0 to 1
 * @param every share of the steps between looks, 0.001 to 1; looks after which no step draws noise are left out, because
 *     copies would stay copies
 * @param threshold resample below this effective share of the particles, 0 (never) to 1 (always)
 * @param keep share of the particles that a look leaves, 0.01 to 1; 1 is no funnel
 * @param solver draws the noise that tells copies apart
 */
public record FeynmanKac(
        OptionalInt particles,
        Potential potential,
        double lambda,
        double first,
        double last,
        double every,
        double threshold,
        double keep,
        Solver solver)
        implements Strategy {
    /** @throws InvalidInputException for settings out of range */
    public FeynmanKac {
        Settings.requireCount("fk particles", particles);
        Settings.requireWithin("fk lambda", lambda, 0.001, 1000);
        Settings.requireWithin("fk last look", last, 0, 1);
        Settings.requireWithin("fk first look", first, 0, last);
        Settings.requireWithin("fk share of the steps between looks", every, 0.001, 1);
        Settings.requireWithin("fk resampling threshold", threshold, 0, 1);
        Settings.requireWithin("fk share of the particles to keep", keep, 0.01, 1);
    }

    /**
     * 4 particles, the best score so far, looks at 20, 40, 60 and 80 % of the steps: the recipe of {@code launch.sh}, with
     * lambda 5 deviations where that has 10 for ImageReward, and resampling below half.
     */
    public static FeynmanKac defaults() {
        return new FeynmanKac(OptionalInt.of(4), Potential.MAX, 5, 0.2, 0.8, 0.2, 0.5, 1, EulerMaruyama.RBF);
    }

    /**
     * One of the particles that together stand for a distribution.
     *
     * @param candidate it
     * @param logWeight the logarithm of its share, up to a constant
     */
    public record Weighted(Candidate candidate, double logWeight) {}

    /** A particle with the logarithms of its weight since the last resampling and of all its weights. */
    private record Particle(Candidate candidate, double memory, double logWeight, double logProduct) {
        Particle weighed(double log, double now) {
            return logWeight == Double.NEGATIVE_INFINITY
                    ? this
                    : new Particle(candidate, now, logWeight + log, logProduct + log);
        }

        Particle copiedTo(Candidate copy) {
            return new Particle(copy, memory, 0, logProduct);
        }
    }

    @Override
    public String name() {
        return "fk";
    }

    @Override
    public void check(Outlook outlook) {
        looks(outlook);
        Settings.requireSize("fk particles", particles, outlook);
    }

    @Override
    public void run(Search search) {
        List<Integer> looks = looks(search);
        int most = particles.orElse(Settings.MOST);
        Affordable.rounds(
                search,
                () -> Affordable.largest(search, most, k -> forwards(search, looks, k), k -> calls(looks, k)),
                k -> {
                    List<Weighted> finished = steer(search, looks, k);
                    search.drop(finished.stream().map(Weighted::candidate).toList());
                });
    }

    /**
     * One round of {@code k} particles, for those who want draws from the tilted distribution rather than its best. They are
     * scored, and the caller's to drop.
     */
    public List<Weighted> sample(Search search, int k) {
        Settings.requireCount("fk particles", k);
        return steer(search, looks(search), k);
    }

    private List<Weighted> steer(Search search, List<Integer> looks, int k) {
        List<Particle> alive = new ArrayList<>();
        search.start(k).forEach(candidate -> alive.add(new Particle(candidate, potential.start(), 0, 0)));
        double strength = 0;
        for (int look : looks) {
            List<Candidate> candidates = candidates(alive);
            if (candidates.size() == 1) {
                break;
            }
            search.denoise(candidates, look, solver);
            Scores scores = search.preview(candidates);
            double deviation = deviation(candidates, scores);
            if (strength == 0 && deviation > 0) {
                strength = lambda / deviation;
            }
            if (strength > 0) {
                weigh(alive, scores, strength);
            }
            resample(search, alive, kept(alive.size()));
        }
        List<Candidate> candidates = candidates(alive);
        search.denoise(candidates, search.steps(), solver);
        Scores scores = search.score(candidates);
        List<Weighted> finished = new ArrayList<>();
        for (Particle particle : alive) {
            double end = strength > 0 ? strength * scores.of(particle.candidate()) : 0;
            finished.add(new Weighted(
                    particle.candidate(),
                    particle.weighed(end - particle.logProduct(), 0).logWeight()));
        }
        return finished;
    }

    private static List<Candidate> candidates(List<Particle> particles) {
        return particles.stream().map(Particle::candidate).toList();
    }

    /** Unless that leaves no particle any weight, as where verifiers gave no scores: then the look does not count. */
    private void weigh(List<Particle> particles, Scores scores, double strength) {
        List<Particle> weighed = particles.stream()
                .map(particle -> {
                    double now = potential.next(particle.memory(), scores.of(particle.candidate()));
                    return particle.weighed(strength * potential.log(particle.memory(), now), now);
                })
                .toList();
        if (weighed.stream().anyMatch(particle -> particle.logWeight() > Double.NEGATIVE_INFINITY)) {
            Collections.copy(particles, weighed);
        }
    }

    private void resample(Search search, List<Particle> particles, int n) {
        double[] logs = particles.stream().mapToDouble(Particle::logWeight).toArray();
        if (n == particles.size() && Resampling.effective(logs) >= threshold * n) {
            return;
        }
        int[] counts = Resampling.systematic(logs, n, search.random().nextDouble());
        List<Particle> before = List.copyOf(particles);
        particles.clear();
        for (int i = 0; i < counts.length; i++) {
            Particle particle = before.get(i);
            if (counts[i] == 0) {
                search.drop(List.of(particle.candidate()));
            } else {
                particles.add(particle.copiedTo(particle.candidate()));
                search.fork(particle.candidate(), counts[i] - 1)
                        .forEach(copy -> particles.add(particle.copiedTo(copy)));
            }
        }
    }

    /** Of the scores that are finite. */
    private static double deviation(List<Candidate> candidates, Scores scores) {
        double[] finite = candidates.stream()
                .mapToDouble(scores::of)
                .filter(Double::isFinite)
                .toArray();
        double mean = Arrays.stream(finite).average().orElse(0);
        return Math.sqrt(Arrays.stream(finite)
                .map(score -> (score - mean) * (score - mean))
                .average()
                .orElse(0));
    }

    private int kept(int size) {
        return (int) Math.ceil(keep * size);
    }

    /** The steps at which particles are looked at, before the first move. */
    private List<Integer> looks(Outlook outlook) {
        int end = RandomSteps.end(outlook, solver, name());
        TreeSet<Integer> looks = new TreeSet<>();
        for (int i = 0; first + i * every <= last + 1e-9; i++) {
            looks.add(Settings.step(outlook, first + i * every));
        }
        looks.removeIf(step -> step >= end);
        if (looks.isEmpty()) {
            throw new InvalidInputException(
                    "strategy %s looks from %s to %s of %d steps, and none of these looks is before the last noise, at step %d"
                            .formatted(name(), first, last, outlook.steps(), end));
        }
        return List.copyOf(looks);
    }

    private long forwards(Outlook outlook, List<Integer> looks, int k) {
        long cost = 0;
        int alive = k;
        int from = 0;
        for (int look : looks) {
            cost += alive * outlook.cost(from, look + 1);
            from = look + 1;
            alive = kept(alive);
        }
        return cost + alive * outlook.cost(from, outlook.steps());
    }

    private long calls(List<Integer> looks, int k) {
        long calls = 0;
        int alive = k;
        for (int i = 0; i < looks.size() && alive > 1; i++) {
            calls += alive;
            alive = kept(alive);
        }
        return calls + alive;
    }
}
