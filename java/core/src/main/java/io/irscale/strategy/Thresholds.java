package io.irscale.strategy;

import io.irscale.search.Search;
import io.irscale.solver.Solver;

/** Where {@link VerifierThreshold} gets its thresholds from. */
public interface Thresholds {
    /**
     * The score that x0 has to reach at each step from 0 to {@code end}, {@code end + 1} of them. May spend forwards and
     * verifier calls of the search.
     */
    double[] measure(Search search, Solver solver, int end);
}
