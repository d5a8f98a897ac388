package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.solver.Solver;
import java.util.List;

/**
 * Thresholds from plain runs: at each step, the given quantile of the scores of their x0, the smallest that is not below
 * this share of them. The runs are finished and scored, so that they may win. With T steps, R runs cost R T forwards and R
 * (end + 2) verifier calls, from the search's budget; where that is less, there are fewer runs.
 *
 * @param runs R, 1 or more, all alive at once
 * @param quantile 0 to 1
 */
public record Calibration(int runs, double quantile) implements Thresholds {
    /** @throws io.irscale.error.InvalidInputException for settings out of range */
    public Calibration {
        Settings.requireCount("threshold calibration runs", runs);
        Settings.requireWithin("threshold quantile", quantile, 0, 1);
    }

    @Override
    public double[] measure(Search search, Solver solver, int end) {
        List<Candidate> candidates = search.start(Affordable.of(search, search.cost(0, search.steps()), end + 2, runs));
        double[] thresholds = new double[end + 1];
        for (int step = 0; step <= end; step++) {
            search.denoise(candidates, step, solver);
            thresholds[step] = quantileOf(candidates, search.preview(candidates));
        }
        search.denoise(candidates, search.steps(), solver);
        search.score(candidates);
        search.drop(candidates);
        return thresholds;
    }

    private double quantileOf(List<Candidate> candidates, Scores scores) {
        double[] sorted = candidates.stream().mapToDouble(scores::of).sorted().toArray();
        return sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
    }
}
