package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerOde;
import java.util.List;
import java.util.OptionalInt;

/**
 * Best of N: independent noises, each denoised to the end, the best image wins (random search of arXiv 2501.09732,
 * section 3). Costs N T forwards and N verifier calls. Without a verifier all are drawn, and the first one wins.
 *
 * @param candidates N, 1 to 1,000,000, fewer where the budget ends before; empty: as many as the budget allows
 */
public record RandomSearch(OptionalInt candidates) implements Strategy {
    /** @throws io.irscale.error.InvalidInputException if a setting is out of its range */
    public RandomSearch {
        Settings.requireCount("random candidates", candidates);
    }

    /** As many as the budget allows. */
    public static RandomSearch defaults() {
        return new RandomSearch(OptionalInt.empty());
    }

    @Override
    public String name() {
        return "random";
    }

    @Override
    public boolean needsVerifier() {
        return false;
    }

    @Override
    public void check(Outlook outlook) {
        Settings.requireEnd("random candidates", candidates, outlook);
    }

    @Override
    public void run(Search search) {
        int wanted = candidates.orElse(Integer.MAX_VALUE);
        Growing sizes = Growing.from(1, candidates, search);
        int n = sizes.next(chunk(search, wanted));
        for (int drawn = 0; n > 0; n = sizes.next(chunk(search, wanted - drawn))) {
            List<Candidate> images = search.start(n);
            search.denoise(images, search.steps(), EulerOde.ODE);
            search.score(images);
            search.drop(images);
            drawn += n;
        }
    }

    private static int chunk(Search search, int left) {
        return Affordable.of(search, search.cost(0, search.steps()), 1, Math.min(left, search.width()));
    }
}
