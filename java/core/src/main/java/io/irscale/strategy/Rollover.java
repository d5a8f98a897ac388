package io.irscale.strategy;

import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerMaruyama;
import io.irscale.solver.Solver;
import java.util.List;
import java.util.OptionalInt;

/**
 * Rollover budget forcing (arXiv 2503.19385; {@code rbf/rbf.py}): each of N trajectories starts from the best of M noises,
 * whose score is its record r*. It draws children of its candidate, one at a time, at most a quota Q a step. The first that
 * beats the record sets it and is taken at once, and what was not drawn of the quota is added to the next step's; if none
 * does, the best is taken, the record stays and the quota is Q again. At the last step that is chosen for, all that is left
 * is drawn. Then every trajectory's best goes on to the image, by the ODE where the solver draws no noise any more; the best
 * image of all wins.
 *
 * <p>Chosen is for steps 1 to E, E being where the solver draws its last noise: the step before the image, or the end of
 * {@link io.irscale.solver.VpGrid}'s grid. With a budget of B forwards, Q = floor((B - N [M c(0, 1) + c(E + 1, T)]) / (N c(0, E
 * + 1))), c(i, j) being the cost of the evaluations at steps i to j - 1: the paper's floor((B - M N) / (T N)), with the tail
 * to the image paid for. So all of B is spent but for less than one draw of each trajectory. Verifier calls: one for each
 * noise, child and image; a budget of them bounds Q in the same way.
 *
 * <p>A small budget has fewer trajectories, then fewer noises, so that there is a child for every step.
 *
 * <p>Records compare scores of different steps: a mean rank over a panel is no measure for that, a score is.
 *
 * @param trajectories N, 1 or more
 * @param noises M, a trajectory's noises to choose from, 1 or more
 * @param quota Q, children a step, 1 or more, at most what the budget pays for; a round then spends what Q is enough for, and
 *     rounds are repeated while the budget lasts. Empty for all of the budget in one round
 * @param solver draws the noise that tells children apart
 */
public record Rollover(int trajectories, int noises, OptionalInt quota, Solver solver) implements Strategy {
    /** @throws io.irscale.error.InvalidInputException for settings out of range */
    public Rollover {
        Settings.requireCount("rbf trajectories", trajectories);
        Settings.requireCount("rbf noises", noises);
        Settings.requireCount("rbf quota", quota);
    }

    /** 2 trajectories, 25 noises each, the quota that the budget gives, g = 3 t^2. */
    public static Rollover defaults() {
        return new Rollover(2, 25, OptionalInt.empty(), EulerMaruyama.RBF);
    }

    @Override
    public String name() {
        return "rbf";
    }

    @Override
    public void check(Outlook outlook) {
        int end = RandomSteps.end(outlook, solver, name());
        Settings.requireSize("rbf quota", quota, outlook);
        Settings.requireCalls(name(), end + 2, outlook);
    }

    @Override
    public void run(Search search) {
        int end = RandomSteps.end(search, solver, name());
        long plain = search.cost(0, search.steps());
        Affordable.rounds(search, () -> Affordable.of(search, plain, end + 2, trajectories), n -> {
            int m = noises(search, end, n);
            round(search, end, n, m, quota(search, end, n, m));
        });
    }

    /** The noises of each of n trajectories, if one child is left for every step. */
    private int noises(Outlook outlook, int end, int n) {
        long forwards = (outlook.forwardsLeft() / n - outlook.cost(1, outlook.steps())) / outlook.cost(0, 1);
        long calls = outlook.callsLeft() / n - (end + 1);
        return Math.clamp(Math.min(forwards, calls), 1, noises);
    }

    /** The quota of a round of n trajectories with m noises each, from what is left of the budget. */
    int quota(Outlook outlook, int end, int n, int m) {
        long forwards = (outlook.forwardsLeft() - forwards(outlook, end, n, m, 0)) / (n * outlook.cost(0, end + 1));
        long calls = (outlook.callsLeft() - calls(end, n, m, 0)) / (n * (end + 1L));
        return Math.clamp(Math.min(forwards, calls), 1, quota.orElse(Settings.MOST));
    }

    private static long forwards(Outlook outlook, int end, int n, int m, long q) {
        long start = m * outlook.cost(0, 1);
        long tail = outlook.cost(end + 1, outlook.steps());
        return n * (start + q * outlook.cost(0, end + 1) + tail);
    }

    private static long calls(int end, int n, int m, long q) {
        return n * (m + q * (end + 1) + 1);
    }

    private void round(Search search, int end, int n, int m, int q) {
        long forwards = search.forwardsLeft();
        long calls = search.callsLeft();
        if (quota.isPresent()) {
            forwards = Math.min(forwards, forwards(search, end, n, m, q));
            calls = Math.min(calls, calls(end, n, m, q));
        }
        Descents descents = new Descents(search, solver, end, n, forwards, calls);
        List<Descents.Line> lines = descents.choosing();
        for (Descents.Line line : lines) {
            for (int drawn = 0; drawn < m; drawn += search.width()) {
                descents.draw(List.of(line), Math.min(search.width(), m - drawn));
            }
            line.toBeat = line.bestScore();
            line.quota = q;
            line.take();
        }
        while (descents.affords()) {
            descents.draw(lines, 1);
            for (Descents.Line line : lines) {
                if (line.step() < end) {
                    choose(line, q);
                }
            }
        }
        descents.finish();
    }

    private static void choose(Descents.Line line, int q) {
        if (line.bestScore() > line.toBeat) {
            line.toBeat = line.bestScore();
            line.quota += q - line.drawn();
            line.take();
        } else if (line.drawn() == line.quota) {
            line.quota = q;
            line.take();
        }
    }
}
