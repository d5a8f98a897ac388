package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Climbs in the space of starting noise: K neighbours of a pivot at a given cosine, the best of pivot and neighbours is
 * the next pivot (zero-order search of arXiv 2501.09732, section 3). The pivot's image and score are kept, not made again:
 * n iterations cost T (1 + K n) forwards and 1 + K n verifier calls, and one image more for every redrawn pivot. Where the
 * budget does not last for all K, an iteration looks at fewer.
 *
 * @param neighbours K, 1 to 1,000,000; the paper takes 2 to 4
 * @param cosine between a neighbour and its pivot, above -1 and below 1; higher searches closer by
 * @param iterations n, 1 to 1,000,000, after which a bounded search starts over from fresh noise; empty: as many as the budget
 *     allows
 * @param redraw whether a pivot that none of its neighbours beats gives way to fresh noise, as in tt-scale-flux
 *     ({@code main.py}) and ComfyUI-InferenceTimeScaling ({@code nodes.py}); otherwise it stays and gets fresh neighbours
 */
public record ZeroOrder(int neighbours, double cosine, OptionalInt iterations, boolean redraw) implements Strategy {
    /** @throws io.irscale.error.InvalidInputException if a setting is out of its range */
    public ZeroOrder {
        Settings.requireCount("zero-order neighbours", neighbours);
        Settings.requireBetween("zero-order cosine", cosine, -1, 1);
        Settings.requireCount("zero-order iterations", iterations);
    }

    /** 4 neighbours at cosine 0.95, as many iterations as the budget allows, and an unbeaten pivot stays. */
    public static ZeroOrder defaults() {
        return new ZeroOrder(4, 0.95, OptionalInt.empty(), false);
    }

    @Override
    public String name() {
        return "zero-order";
    }

    @Override
    public void check(Outlook outlook) {
        Settings.requireEnd("zero-order iterations", iterations, outlook);
    }

    @Override
    public void run(Search search) {
        Affordable.rounds(search, () -> affordable(search, 1), one -> climb(search));
    }

    private void climb(Search search) {
        KeptNoise pivot = fresh(search);
        boolean beaten = true;
        for (int i = 0; i < iterations.orElse(Integer.MAX_VALUE) && affordable(search, 1) > 0; i++) {
            if (redraw && !beaten) {
                search.drop(List.of(pivot.noise()));
                pivot = fresh(search);
            }
            KeptNoise best = bestNear(search, pivot);
            beaten = !best.equals(pivot);
            pivot = best;
        }
        search.drop(List.of(pivot.noise()));
    }

    private static KeptNoise fresh(Search search) {
        return KeptNoise.of(search, search.start(1)).getFirst();
    }

    /** The best of the pivot, if nobody beats it, and its neighbours; the others' noise is dropped. */
    private KeptNoise bestNear(Search search, KeptNoise pivot) {
        List<Candidate> near = Stream.generate(() -> search.near(pivot.noise(), cosine))
                .limit(affordable(search, neighbours))
                .toList();
        List<KeptNoise> all = new ArrayList<>(KeptNoise.of(search, near));
        all.addFirst(pivot);
        Candidate image = search.score(KeptNoise.images(all)).best();
        KeptNoise best =
                all.stream().filter(kept -> kept.image() == image).findFirst().orElseThrow();
        all.remove(best);
        search.drop(KeptNoise.noises(all));
        return best;
    }

    private static int affordable(Search search, int images) {
        return Affordable.of(search, search.cost(0, search.steps()), 1, images);
    }
}
