package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Zero-order search that samples instead of climbing: Markov chains in the space of starting noise whose stationary
 * density is N(z; 0, I) e^(lambda r(z)), with r the score of z's image. Preconditioned Crank-Nicolson proposals
 * z' = rho z + sqrt(1 - rho^2) xi keep the normal density by themselves, so that a proposal is accepted with probability
 * min(1, e^(lambda (r' - r))) (Cotter, Roberts, Stuart and White, Statistical Science 2013, section 4.1). C chains of n
 * iterations cost C T (1 + n) forwards and C (1 + n) verifier calls.
 *
 * @param chains C, 1 to 1,000,000, all at once
 * @param rho above 0 and below 1; higher searches closer by
 * @param lambda above 0, in units of 1 / score: how much better scores are preferred
 * @param iterations n, 1 to 1,000,000, after which a bounded search starts new chains; empty: as many as the budget allows
 */
public record CrankNicolson(int chains, double rho, double lambda, OptionalInt iterations) implements Strategy {
    /** @throws io.irscale.error.InvalidInputException if a setting is out of its range */
    public CrankNicolson {
        Settings.requireCount("pcn chains", chains);
        Settings.requireBetween("pcn rho", rho, 0, 1);
        Settings.requirePositive("pcn lambda", lambda);
        Settings.requireCount("pcn iterations", iterations);
    }

    /** 4 chains at rho 0.95 and lambda 100, for cosines that differ by hundredths, as long as the budget lasts. */
    public static CrankNicolson defaults() {
        return new CrankNicolson(4, 0.95, 100, OptionalInt.empty());
    }

    @Override
    public String name() {
        return "pcn";
    }

    @Override
    public void check(Outlook outlook) {
        Settings.requireEnd("pcn iterations", iterations, outlook);
    }

    @Override
    public void run(Search search) {
        Affordable.rounds(search, () -> affordable(search, chains), n -> walk(search, n));
    }

    private void walk(Search search, int n) {
        List<KeptNoise> states = new ArrayList<>(KeptNoise.of(search, search.start(n)));
        for (int i = 0; i < iterations.orElse(Integer.MAX_VALUE) && affordable(search, n) == n; i++) {
            List<KeptNoise> proposals = KeptNoise.of(search, propose(search, states));
            for (int c = 0; c < n; c++) {
                states.set(c, accept(search, states.get(c), proposals.get(c)));
            }
        }
        search.drop(KeptNoise.noises(states));
    }

    private List<Candidate> propose(Search search, List<KeptNoise> states) {
        List<Candidate> proposals = states.stream()
                .map(state -> search.fork(state.noise(), 1).getFirst())
                .toList();
        search.mutate(proposals, rho, Math.sqrt(1 - rho * rho));
        return proposals;
    }

    private KeptNoise accept(Search search, KeptNoise state, KeptNoise proposal) {
        Scores scores = search.score(List.of(state.image(), proposal.image()));
        double gain = scores.of(proposal.image()) - scores.of(state.image());
        // 1 - u is in (0, 1], and a gain that is no number, of two images without a score, is refused
        boolean accepted = Math.log(1 - search.random().nextDouble()) <= lambda * gain;
        search.drop(List.of(accepted ? state.noise() : proposal.noise()));
        return accepted ? proposal : state;
    }

    private static int affordable(Search search, int images) {
        return Affordable.of(search, search.cost(0, search.steps()), 1, images);
    }
}
