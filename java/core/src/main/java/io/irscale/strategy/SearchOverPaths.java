package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerOde;
import java.util.ArrayList;
import java.util.List;

/**
 * Search over paths (arXiv 2501.09732, section 3): N noises are denoised almost to the end; then, round after round, noise
 * is added to M copies of each, they are denoised a little further than before, and the best N of all N M are kept, judged
 * by the clean image that they point to. The copies of the last round are finished images; the best one wins.
 *
 * <p>Distances are shares of the steps, so they mean the same on a shifted schedule. On T steps, with f, u and d the
 * nearest numbers of steps to {@code from}, {@code back} and {@code forth} (f and u 1 or more, d more than u): the first
 * stop is a = T - f; a round goes from a back to b = max(0, a - u) and on to a' = min(T, b + d), until a' = T. A path costs
 * a + M sum (a' - b + [a' &lt; T]) forwards, the last term for looking at x0, and M verifier calls a round. At most
 * 2 N + max(M, width) latents are alive.
 *
 * @param paths N, 1 to 1,000,000; fewer where the budget does not last for all
 * @param expansions M, 1 to 1,000,000
 * @param from where rounds begin, as a share of the steps from the end, above 0 and below 1
 * @param back how far noise takes a copy back, above 0 and below 1
 * @param forth how far it is denoised then, above {@code back} and below 1
 */
public record SearchOverPaths(int paths, int expansions, double from, double back, double forth) implements Strategy {
    /** @throws InvalidInputException if a setting is out of its range */
    public SearchOverPaths {
        Settings.requireCount("paths", paths);
        Settings.requireCount("paths' expansions", expansions);
        Settings.requireBetween("paths' start", from, 0, 1);
        Settings.requireBetween("paths' way back", back, 0, 1);
        Settings.requireBetween("paths' way forth", forth, back, 1);
    }

    /** 2 paths of 5 expansions, as in arXiv 2503.19385; the paper's distances 0.11, 0.78 and 0.81. */
    public static SearchOverPaths defaults() {
        return new SearchOverPaths(2, 5, 0.11, 0.78, 0.81);
    }

    /** From step {@code noisy} on to step {@code stop}. */
    private record Leg(int noisy, int stop) {}

    @Override
    public String name() {
        return "paths";
    }

    @Override
    public void check(Outlook outlook) {
        if (firstStop(outlook) < 1) {
            throw new InvalidInputException(
                    "paths' start is %s of %d steps from the end, expected a step after the first"
                            .formatted(from, outlook.steps()));
        }
        Settings.requireCalls(name(), calls(legs(outlook)), outlook);
    }

    @Override
    public long leastForwards(Outlook outlook) {
        return cost(outlook, legs(outlook));
    }

    @Override
    public void run(Search search) {
        List<Leg> legs = legs(search);
        Affordable.rounds(
                search,
                () -> Affordable.of(search, cost(search, legs), calls(legs), paths),
                n -> walk(search, n, legs));
    }

    private void walk(Search search, int n, List<Leg> legs) {
        List<Candidate> kept = search.start(n);
        search.denoise(kept, firstStop(search), EulerOde.ODE);
        for (Leg leg : legs) {
            kept = expand(search, kept, leg);
        }
        search.drop(kept);
    }

    private List<Candidate> expand(Search search, List<Candidate> parents, Leg leg) {
        Shortlist best = new Shortlist(search, parents.size());
        int chunk = Math.max(1, search.width() / expansions);
        for (int i = 0; i < parents.size(); i += chunk) {
            List<Candidate> some = parents.subList(i, Math.min(i + chunk, parents.size()));
            List<Candidate> copies = some.stream()
                    .flatMap(parent -> search.fork(parent, expansions).stream())
                    .toList();
            search.drop(some);
            search.renoise(copies, leg.noisy());
            search.denoise(copies, leg.stop(), EulerOde.ODE);
            best.add(leg.stop() < search.steps() ? search.preview(copies) : search.score(copies));
        }
        return best.bestFirst();
    }

    private int firstStop(Outlook outlook) {
        return outlook.steps() - Math.max(1, Settings.step(outlook, from));
    }

    private List<Leg> legs(Outlook outlook) {
        int up = Math.max(1, Settings.step(outlook, back));
        int down = Math.max(up + 1, Settings.step(outlook, forth));
        List<Leg> legs = new ArrayList<>();
        for (int at = firstStop(outlook);
                at < outlook.steps();
                at = legs.getLast().stop()) {
            int noisy = Math.max(0, at - up);
            legs.add(new Leg(noisy, Math.min(outlook.steps(), noisy + down)));
        }
        return legs;
    }

    /** Forwards of one path. */
    private long cost(Outlook outlook, List<Leg> legs) {
        long copy = 0;
        for (Leg leg : legs) {
            int looked = leg.stop() < outlook.steps() ? leg.stop() + 1 : leg.stop();
            copy += outlook.cost(leg.noisy(), looked);
        }
        return outlook.cost(0, firstStop(outlook)) + expansions * copy;
    }

    /** Verifier calls of one path. */
    private long calls(List<Leg> legs) {
        return (long) expansions * legs.size();
    }
}
