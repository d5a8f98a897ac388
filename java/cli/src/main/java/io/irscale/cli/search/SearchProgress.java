package io.irscale.cli.search;

import io.irscale.cli.ProgressView;
import io.irscale.search.Budget;
import java.io.PrintWriter;
import java.time.Duration;

/** How far one search of a run is: by forwards or by time, whichever its budget counts. */
final class SearchProgress {
    private final ProgressView view;
    private final Budget budget;
    private final long start = System.nanoTime();

    SearchProgress(ProgressView view, Budget budget) {
        this.view = view;
        this.budget = budget;
    }

    /** For a whole run. What it draws without search comes on top. */
    static ProgressView view(PrintWriter err, SearchPlan plan) {
        long searches = (long) plan.requests().size() * plan.contenders().size();
        Budget budget = plan.budget();
        return budget.forwards().isEmpty() && budget.time().isPresent()
                ? ProgressView.ofSeconds(err, searches * seconds(budget.time().get()))
                : ProgressView.ofForwards(
                        err, saturated(searches, budget.forwards().orElse(0)));
    }

    /** A search of an earlier process is behind, for as much as a search may take. */
    static void skip(ProgressView view, SearchPlan plan) {
        new SearchProgress(view, plan.budget()).finished(0);
    }

    /** So many forwards are behind. */
    void reached(long forwards, double best) {
        view.reached(Math.min(byTime() ? passed() : forwards, part(forwards)), best);
    }

    /** The search has ended, after so many forwards. */
    void finished(long forwards) {
        view.finished(part(forwards));
    }

    private boolean byTime() {
        return budget.forwards().isEmpty() && budget.time().isPresent();
    }

    private long passed() {
        return Duration.ofNanos(System.nanoTime() - start).toSeconds();
    }

    // What the search may take at most; without a budget as much as it has taken.
    private long part(long forwards) {
        return byTime()
                ? seconds(budget.time().orElseThrow())
                : budget.forwards().orElse(forwards);
    }

    private static long seconds(Duration time) {
        return Math.max(1, time.toSeconds());
    }

    private static long saturated(long a, long b) {
        return b == 0 ? 0 : a > Long.MAX_VALUE / 200 / b ? Long.MAX_VALUE / 200 : a * b;
    }
}
