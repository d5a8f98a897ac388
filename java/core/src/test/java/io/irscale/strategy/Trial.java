package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.Outlook;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.search.SearchListener;
import io.irscale.search.SearchResult;
import io.irscale.search.Searches;
import io.irscale.search.Stop;
import io.irscale.search.Strategy;
import io.irscale.solver.Solver;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A strategy's run on the fake device.
 *
 * @param result what the search found
 * @param left candidates that it had not dropped at its end
 * @param most candidates that were alive at a time
 */
record Trial(SearchResult result, int left, int most) {
    private static final int DIMENSIONS = 8;

    /** On normal data whose first coordinate is the reward, with {@code width} candidates at a time. */
    static Trial run(Strategy strategy, Budget budget, int steps, int width, long seed) {
        return run(FakeBackend.gaussian(DIMENSIONS), strategy, budget, steps, width, seed);
    }

    static Trial run(FakeBackend backend, Strategy strategy, Budget budget, int steps, int width, long seed) {
        Watched watched = new Watched(strategy);
        try (Searches searches = new Searches(backend)) {
            SearchResult result = searches.start(
                            watched, budget, FakeBackend.conditioning(steps), width, seed, SearchListener.NONE)
                    .await();
            return new Trial(result, watched.alive.size(), watched.most);
        }
    }

    /** A device whose images are their noise; the reward is the first coordinate. */
    static FakeBackend identity() {
        return new FakeBackend(DIMENSIONS, (x, t) -> new double[DIMENSIONS], (x0, preview) -> x0[0]);
    }

    /** Without a budget. */
    static SearchResult once(Strategy strategy, int steps) {
        return run(strategy, Budget.NONE, steps, 16, 7).result();
    }

    static SearchResult within(long forwards, Strategy strategy, int steps) {
        return run(strategy, Budget.ofForwards(forwards), steps, 16, 7).result();
    }

    /** Who was finished, best first. */
    List<Integer> ids() {
        return result.ranked().stream().map(scored -> scored.candidate().id()).toList();
    }

    /** Fails unless the search kept within its budget, spent it, freed all, and gave the best of all that were scored. */
    void assertKept(Budget budget, String seen) {
        assertThat(result.cost().forwards())
                .as(seen)
                .isLessThanOrEqualTo(budget.forwards().orElseThrow());
        assertThat(result.cost().verifierCalls())
                .as(seen)
                .isLessThanOrEqualTo(budget.calls().orElseThrow());
        assertThat(left).as(seen).isZero();
        assertThat(result.stop()).as(seen).isIn(Stop.FORWARDS, Stop.CALLS);
        assertThat(score())
                .as(seen)
                .isEqualTo(result.lineage().nodes().stream()
                        .flatMapToDouble(node -> node.score().stream())
                        .max()
                        .orElseThrow());
    }

    double score() {
        return result.winner().score().orElseThrow();
    }

    /** Counts who is alive. */
    private static final class Watched implements Strategy {
        private final Strategy strategy;
        private final Set<Candidate> alive = ConcurrentHashMap.newKeySet();
        private volatile int most;

        Watched(Strategy strategy) {
            this.strategy = strategy;
        }

        @Override
        public String name() {
            return strategy.name();
        }

        @Override
        public void check(Outlook outlook) {
            strategy.check(outlook);
        }

        @Override
        public long leastForwards(Outlook outlook) {
            return strategy.leastForwards(outlook);
        }

        @Override
        public void run(Search search) {
            strategy.run(new WatchedSearch(search));
        }

        private <T extends Collection<Candidate>> T born(Supplier<T> birth) {
            T candidates = birth.get();
            alive.addAll(candidates);
            most = Math.max(most, alive.size());
            return candidates;
        }

        private final class WatchedSearch implements Search {
            private final Search search;

            WatchedSearch(Search search) {
                this.search = search;
            }

            @Override
            public List<Candidate> start(int n) {
                return born(() -> search.start(n));
            }

            @Override
            public Candidate near(Candidate pivot, double cosine) {
                return born(() -> List.of(search.near(pivot, cosine))).getFirst();
            }

            @Override
            public List<Candidate> fork(Candidate parent, int n) {
                return born(() -> search.fork(parent, n));
            }

            @Override
            public void drop(Collection<Candidate> candidates) {
                search.drop(candidates);
                alive.removeAll(Set.copyOf(candidates));
            }

            @Override
            public int steps() {
                return search.steps();
            }

            @Override
            public double level(int step) {
                return search.level(step);
            }

            @Override
            public void renoise(List<Candidate> candidates, int step) {
                search.renoise(candidates, step);
            }

            @Override
            public void mutate(List<Candidate> candidates, double keep, double noise) {
                search.mutate(candidates, keep, noise);
            }

            @Override
            public void denoise(List<Candidate> candidates, int toStep, Solver solver) {
                search.denoise(candidates, toStep, solver);
            }

            @Override
            public void evaluate(List<Candidate> candidates) {
                search.evaluate(candidates);
            }

            @Override
            public Scores preview(List<Candidate> candidates) {
                return search.preview(candidates);
            }

            @Override
            public Scores score(List<Candidate> candidates) {
                return search.score(candidates);
            }

            @Override
            public long cost(int fromStep, int toStep) {
                return search.cost(fromStep, toStep);
            }

            @Override
            public long forwardsLeft() {
                return search.forwardsLeft();
            }

            @Override
            public long callsLeft() {
                return search.callsLeft();
            }

            @Override
            public boolean affords(long forwards, long calls) {
                return search.affords(forwards, calls);
            }

            @Override
            public boolean bounded() {
                return search.bounded();
            }

            @Override
            public int width() {
                return search.width();
            }

            @Override
            public RandomGenerator random() {
                return search.random();
            }
        }
    }
}
