package io.irscale.strategy;

import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.Solver;
import java.util.OptionalInt;

/**
 * Verifier-threshold search, after arXiv 2512.08985, whose rule is known here from its abstract only: a trajectory draws
 * children of its candidate, one at a time, until the x0 of one scores as high as the step's threshold, or the step's share
 * is spent; then it goes on with the best. The first step's children are fresh noises. Thresholds do not rise with what was
 * found, as the record of {@link Rollover} does, so that no step is stuck behind a lucky one.
 *
 * <p>A step's share of a budget is what is left of it, over the trajectories that still choose and their steps to come: what
 * a step does not spend, later ones may, and what a trajectory does not spend, the next. It takes c(0, E + 1) + c(E + 1, T)
 * = c(0, T) forwards and E + 2 verifier calls for a trajectory that takes every first child; every further child costs an
 * evaluation and a call. E is the last step that is chosen for, where the solver has drawn its last noise. With a budget,
 * groups of trajectories follow each other while it lasts.
 *
 * @param trajectories that draw side by side, 1 or more; the last ones fewer
 * @param cap most children a step, 1 or more; empty for as many as the share pays for
 * @param thresholds what a child has to reach
 * @param solver draws the noise that tells children apart
 */
public record VerifierThreshold(int trajectories, OptionalInt cap, Thresholds thresholds, Solver solver)
        implements Strategy {
    /** @throws io.irscale.error.InvalidInputException for settings out of range */
    public VerifierThreshold {
        Settings.requireCount("threshold trajectories", trajectories);
        Settings.requireCount("threshold cap", cap);
    }

    /** 2 trajectories, at most 25 children a step, the best of 4 runs to match, g = 3 t^2. */
    public static VerifierThreshold defaults() {
        return new VerifierThreshold(2, OptionalInt.of(25), new Calibration(4, 1), EulerMaruyama.RBF);
    }

    @Override
    public String name() {
        return "threshold";
    }

    @Override
    public void check(Outlook outlook) {
        int end = RandomSteps.end(outlook, solver, name());
        Settings.requireSize("threshold cap", cap, outlook);
        Settings.requireCalls(name(), end + 2, outlook);
    }

    @Override
    public void run(Search search) {
        int end = RandomSteps.end(search, solver, name());
        double[] least = thresholds.measure(search, solver, end);
        long plain = search.cost(0, search.steps());
        Affordable.rounds(
                search, () -> Affordable.of(search, plain, end + 2, trajectories), n -> group(search, end, n, least));
    }

    private void group(Search search, int end, int n, double[] least) {
        Descents descents = new Descents(search, solver, end, n, search.forwardsLeft(), search.callsLeft());
        while (!descents.choosing().isEmpty() && descents.affords()) {
            for (Descents.Line line : descents.choosing()) {
                if (line.drawn() == 0) {
                    line.quota = Math.clamp(descents.share(line), 1, cap.orElse(Settings.MOST));
                }
            }
            descents.draw(descents.choosing(), 1);
            for (Descents.Line line : descents.choosing()) {
                if (line.bestScore() >= least[line.step()] || line.drawn() >= line.quota) {
                    line.take();
                }
            }
        }
        descents.finish();
    }
}
