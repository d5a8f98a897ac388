package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.Solver;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Value-based decoding: every trajectory draws K children, goes on with the one whose x0 scores best, and so on to the
 * image: SVDD (arXiv 2408.08252) with a choice at every step, CoDe (arXiv 2502.00968) with one every L steps, both as run by
 * RBF (arXiv 2503.19385).
 *
 * <p>A block is the L steps between two choices. Blocks in which the solver draws no noise have one child, since all would
 * be equal: the last step of all solvers here, and the tail of {@link io.irscale.solver.VpGrid}. With c(i, j) the cost of
 * the evaluations at steps i to j - 1, and T steps, a round costs N [c(0, 1) + sum over blocks (a, b) of k c(a + 1,
 * min(b + 1, T))] forwards, k = K in noisy blocks, else 1: children share their parent's evaluation, the chosen child's
 * serves as the next one's. For SVDD these are N [c(0, 1) + K c(1, T)], just below the paper's N K T. Verifier calls: N [K B
 * + e], B the noisy blocks, e = 1 if the last block is not noisy. With K = 1 there is nothing to choose: N calls.
 *
 * <p>With a budget, rounds are repeated while it lasts, the last ones with fewer children or trajectories.
 *
 * @param trajectories N, independent lines, 1 or more
 * @param children K, 1 or more; empty for as many as the budget pays for in one round
 * @param every L, steps of a block, 1 or more; from T on, K children from one noise each run to the end
 * @param solver draws the noise that tells children apart
 */
public record Svdd(int trajectories, OptionalInt children, int every, Solver solver) implements Strategy {
    /** @throws io.irscale.error.InvalidInputException for settings out of range */
    public Svdd {
        Settings.requireCount("svdd trajectories", trajectories);
        Settings.requireCount("svdd children", children);
        Settings.requireCount("svdd steps between choices", every);
    }

    /** SVDD with 2 trajectories and 25 children, as RBF compares it. */
    public static Svdd defaults() {
        return new Svdd(2, OptionalInt.of(25), 1, EulerMaruyama.RBF);
    }

    @Override
    public String name() {
        return every == 1 ? "svdd" : "code";
    }

    /** What a trajectory costs with k children: {@code base + k each}. */
    private record Cost(long base, long each) {
        /** Children that {@code left} pays for. */
        long children(long left) {
            return each == 0 ? Long.MAX_VALUE : (left - base) / each;
        }
    }

    @Override
    public void check(Outlook outlook) {
        RandomSteps.end(outlook, solver, name());
        Settings.requireSize("svdd children", children, outlook);
    }

    @Override
    public void run(Search search) {
        long plain = search.cost(0, search.steps());
        Affordable.rounds(
                search,
                () -> Affordable.of(search, plain, 1, trajectories),
                n -> round(search, n, children(search, n)));
    }

    /** The children of each of n trajectories, from what is left of the budget. */
    private int children(Search search, int n) {
        long forwards = forwards(search).children(search.forwardsLeft() / n);
        long calls = calls(search).children(search.callsLeft() / n);
        return Math.clamp(Math.min(forwards, calls), 1, children.orElse(Settings.MOST));
    }

    private Cost forwards(Search search) {
        long base = search.cost(0, 1);
        long each = 0;
        for (int from = 0; from < search.steps(); from += every) {
            int to = Math.min(from + every, search.steps());
            long cost = search.cost(from + 1, Math.min(to + 1, search.steps()));
            if (RandomSteps.any(search, solver, from, to)) {
                each += cost;
            } else {
                base += cost;
            }
        }
        return new Cost(base, each);
    }

    private Cost calls(Search search) {
        long noisy = 0;
        boolean last = false;
        for (int from = 0; from < search.steps(); from += every) {
            last = RandomSteps.any(search, solver, from, Math.min(from + every, search.steps()));
            noisy += last ? 1 : 0;
        }
        return new Cost(last ? 0 : 1, noisy);
    }

    private void round(Search search, int n, int k) {
        List<Candidate> lines = search.start(n);
        if (k > 1) {
            search.evaluate(lines);
        }
        for (int from = 0; from < search.steps(); from += every) {
            int to = Math.min(from + every, search.steps());
            if (k > 1 && RandomSteps.any(search, solver, from, to)) {
                lines = choose(search, lines, to, k);
            } else {
                search.denoise(lines, to, solver);
            }
        }
        search.score(lines);
        search.drop(lines);
    }

    /**
     * The best of k children of every parent at step {@code to}. Some of every parent's are drawn at a time, in an order
     * that does not hang on how many.
     */
    private List<Candidate> choose(Search search, List<Candidate> parents, int to, int k) {
        List<Best> chosen = parents.stream().map(parent -> new Best()).toList();
        int chunk = Math.max(1, search.width() / parents.size());
        for (int drawn = 0; drawn < k; drawn += chunk) {
            List<Candidate> children = new ArrayList<>();
            for (int i = 0; i < Math.min(chunk, k - drawn); i++) {
                parents.forEach(parent -> children.addAll(search.fork(parent, 1)));
            }
            search.denoise(children, to, solver);
            Scores scores = to == search.steps() ? search.score(children) : search.preview(children);
            List<Candidate> left = new ArrayList<>();
            for (int i = 0; i < children.size(); i++) {
                Candidate child = children.get(i);
                chosen.get(i % parents.size()).offer(child, scores.of(child)).ifPresent(left::add);
            }
            search.drop(left);
        }
        search.drop(parents);
        return chosen.stream().map(Best::candidate).toList();
    }
}
