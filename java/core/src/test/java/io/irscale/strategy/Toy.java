package io.irscale.strategy;

import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.Lineage;
import io.irscale.search.SearchResult;
import io.irscale.search.Searches;
import io.irscale.search.Strategy;
import io.irscale.solver.GaussianMixture;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Searches over numbers whose distribution is known. */
final class Toy {
    static final GaussianMixture DATA = GaussianMixture.THREE;

    private Toy() {}

    /** The mixture, scored by {@code reward}. */
    static FakeBackend mixture(DoubleUnaryOperator reward) {
        return new FakeBackend(
                1, (x, t) -> new double[] {DATA.velocity(x[0], t)}, (x0, preview) -> reward.applyAsDouble(x0[0]));
    }

    /** N(0, 1), with the scores of a script: those of its looks in order, the last one for ever, 0 for images. */
    static FakeBackend scripted(double... scores) {
        int[] next = {0};
        return new FakeBackend(
                1,
                FakeBackend::standardNormal,
                (x0, preview) -> preview ? scores[Math.min(next[0]++, scores.length - 1)] : 0);
    }

    /** The mixture's numbers scored by themselves: the larger, the better. */
    static SearchResult run(Strategy strategy, Budget budget, int steps, long seed) {
        return Searches.run(mixture(x -> x), strategy, budget, steps, seed);
    }

    /** The mean score of the winner over seeds. */
    static double meanWinner(Strategy strategy, Budget budget, int steps, int seeds) {
        return LongStream.range(0, seeds)
                .mapToDouble(seed -> run(strategy, budget, steps, 1000 * seed)
                        .winner()
                        .score()
                        .orElseThrow())
                .average()
                .orElseThrow();
    }

    /** The expectation of the largest of {@code n} exact draws: the integral of x d F^n. */
    static double expectedBest(GaussianMixture data, int n) {
        double[] quantiles = data.quantiles(100_000);
        double mean = 0;
        for (int i = 0; i < quantiles.length; i++) {
            double above = Math.pow((i + 1.0) / quantiles.length, n);
            mean += quantiles[i] * (above - Math.pow((double) i / quantiles.length, n));
        }
        return mean;
    }

    /** How many candidates were looked at, by step. */
    static Map<Integer, Long> looks(SearchResult result) {
        return result.lineage().nodes().stream()
                .flatMap(node -> node.previews().stream())
                .collect(Collectors.groupingBy(Lineage.Preview::step, TreeMap::new, Collectors.counting()));
    }

    /** Every candidate that has children was the best looked at among those of its own parent and step. */
    static boolean alwaysTookTheBest(SearchResult result) {
        List<Lineage.Node> nodes = result.lineage().nodes();
        return nodes.stream()
                .filter(node -> node.parent() != Candidate.ROOT)
                .filter(node -> nodes.stream().anyMatch(child -> child.parent() == node.id()))
                .allMatch(node -> nodes.stream()
                        .filter(sibling -> sibling.parent() == node.parent())
                        .allMatch(sibling -> score(sibling) <= score(node)));
    }

    private static double score(Lineage.Node node) {
        return node.previews().getFirst().score();
    }
}
