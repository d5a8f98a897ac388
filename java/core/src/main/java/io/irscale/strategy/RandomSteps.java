package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Outlook;
import io.irscale.solver.Solver;

/** Where copies of a candidate go different ways: the steps in which the solver draws noise. */
final class RandomSteps {
    private RandomSteps() {}

    /** Whether any of the steps from {@code from} to {@code to} draws noise. */
    static boolean any(Outlook outlook, Solver solver, int from, int to) {
        for (int step = from; step < to; step++) {
            if (solver.step(outlook.level(step), outlook.level(step + 1)).stochastic()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The step after the last one that draws noise: 1 or more, and before the image.
     *
     * @throws InvalidInputException if none does
     */
    static int end(Outlook outlook, Solver solver, String strategy) {
        for (int end = outlook.steps() - 1; end > 0; end--) {
            if (any(outlook, solver, end - 1, end)) {
                return end;
            }
        }
        throw new InvalidInputException("strategy %s needs a solver that draws noise; %s draws none in %d steps"
                .formatted(strategy, solver.describe(), outlook.steps()));
    }
}
