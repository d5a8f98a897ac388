package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerOde;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Successive halving on previews: many candidates set out, and at every cut only those stay whose x0 - the clean image
 * they point to - scores best (preview pruning of TTSnap, arXiv 2511.22242). With cuts after k_1 &lt; ... &lt; k_m of T
 * evaluations and n_0 = N, n_i = max(1, round(keep_i n_(i-1))), a round costs exactly
 * n_0 k_1 + n_1 (k_2 - k_1) + ... + n_m (T - k_m) forwards and n_0 + ... + n_m verifier calls. A cut that would take nobody
 * out is left out, and its calls with it.
 *
 * <p>Until the first cut, candidates go {@link Search#width} at a time, and a shortlist of n_1 outlives them: cuts compare
 * all N, while at most n_1 + width candidates are alive. Where N follows from the budget, n_1 is {@value #SHORTLIST} at most:
 * half a gigabyte of latents and velocities for images of 1024 x 1024. What is left of the budget goes into further, smaller
 * rounds.
 *
 * @param cuts in rising order, may be none
 * @param candidates N of a round, 1 to 1,000,000, fewer where the budget does not last; empty: the most that the budget allows,
 *     or {@link Search#width} if it is one of time alone
 */
public record PreviewPruning(List<Cut> cuts, OptionalInt candidates) implements Strategy {
    private static final int SHORTLIST = 256;
    // Enough for two cuts to take somebody out.
    private static final int FIRST_TIMED_ROUND = 4;

    /**
     * Where candidates are cut.
     *
     * @param at share of the steps, above 0 and below 1; rounded to an evaluation, at least the first and before the last
     * @param keep share of the candidates that stays, above 0 and below 1; at least one does
     */
    public record Cut(double at, double keep) {
        /** @throws InvalidInputException if a value is out of its range */
        public Cut {
            Settings.requireBetween("pruning cut", at, 0, 1);
            Settings.requireBetween("pruning share kept", keep, 0, 1);
        }
    }

    /** @throws InvalidInputException if a setting is out of its range */
    public PreviewPruning {
        cuts = List.copyOf(cuts);
        Settings.requireRising("pruning cut", cuts.stream().map(Cut::at).toList());
        Settings.requireCount("pruning candidates", candidates);
    }

    /** For verifiers that know clean images only; below a quarter of the steps they see little but noise. */
    public static PreviewPruning defaults() {
        return new PreviewPruning(List.of(new Cut(0.3, 0.5), new Cut(0.55, 0.4)), OptionalInt.empty());
    }

    /**
     * For verifiers that were tuned on previews, and so can tell earlier: halved after an eighth, a quarter and three
     * eighths of the steps. Of 150 schedules it found the best candidates in a simulation with the rank correlations that
     * such a verifier reached (bench/RESULTS.md).
     */
    public static PreviewPruning noiseAware() {
        return new PreviewPruning(
                List.of(new Cut(0.125, 0.5), new Cut(0.25, 0.5), new Cut(0.375, 0.5)), OptionalInt.empty());
    }

    /** From {@code before} candidates to {@code after}, once so many evaluations are done. */
    private record Stage(int evaluations, int before, int after) {}

    @Override
    public String name() {
        return "pruning";
    }

    @Override
    public void check(Outlook outlook) {
        Settings.requireEnd("pruning candidates", candidates, outlook);
    }

    @Override
    public void run(Search search) {
        Growing sizes = Growing.from(FIRST_TIMED_ROUND, candidates, search);
        Affordable.rounds(search, () -> sizes.next(affordable(search)), n -> round(search, n));
    }

    private void round(Search search, int n) {
        List<Stage> stages = stages(search, n);
        if (stages.isEmpty()) {
            new RandomSearch(OptionalInt.of(n)).run(search);
            return;
        }
        List<Candidate> alive = firstCut(search, stages.getFirst());
        for (Stage stage : stages.subList(1, stages.size())) {
            Shortlist kept = new Shortlist(search, stage.after());
            look(search, alive, stage, kept);
            alive = kept.bestFirst();
        }
        search.denoise(alive, search.steps(), EulerOde.ODE);
        search.score(alive);
        search.drop(alive);
    }

    private static List<Candidate> firstCut(Search search, Stage stage) {
        Shortlist kept = new Shortlist(search, stage.after());
        int chunk = search.width();
        for (int started = 0; started < stage.before(); started += chunk) {
            look(search, search.start(Math.min(chunk, stage.before() - started)), stage, kept);
        }
        return kept.bestFirst();
    }

    /** The preview's evaluation is the stage's last; whoever stays goes on from it. */
    private static void look(Search search, List<Candidate> candidates, Stage stage, Shortlist kept) {
        search.denoise(candidates, stage.evaluations() - 1, EulerOde.ODE);
        kept.add(search.preview(candidates));
    }

    private List<Stage> stages(Search search, int n) {
        List<Stage> stages = new ArrayList<>();
        int before = n;
        for (Cut cut : cuts) {
            int evaluations = Math.clamp(Settings.step(search, cut.at()), 1, search.steps());
            int after = Math.max(1, (int) Math.round(cut.keep() * before));
            if (after < before && evaluations < search.steps()) {
                stages.add(new Stage(evaluations, before, after));
                before = after;
            }
        }
        return stages;
    }

    private int affordable(Search search) {
        return Affordable.largest(
                search, candidates.orElse(mostAtOnce(search)), n -> forwards(search, n), n -> calls(search, n));
    }

    private int mostAtOnce(Search search) {
        return !search.metered() || cuts.isEmpty()
                ? search.width()
                : (int) (SHORTLIST / cuts.getFirst().keep());
    }

    private long forwards(Search search, int n) {
        long forwards = 0;
        int alive = n;
        int done = 0;
        for (Stage stage : stages(search, n)) {
            forwards += stage.before() * search.cost(done, stage.evaluations());
            done = stage.evaluations();
            alive = stage.after();
        }
        return forwards + alive * search.cost(done, search.steps());
    }

    private long calls(Search search, int n) {
        List<Stage> stages = stages(search, n);
        int finals = stages.isEmpty() ? n : stages.getLast().after();
        return finals + stages.stream().mapToLong(Stage::before).sum();
    }
}
