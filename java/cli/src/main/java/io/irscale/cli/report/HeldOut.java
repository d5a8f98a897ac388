package io.irscale.cli.report;

import io.irscale.search.SearchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Whether winners are better by a verifier that no search ever saw. */
final class HeldOut {
    private final int part;
    private final String name;
    private final List<String> better = new ArrayList<>();
    private final List<String> worse = new ArrayList<>();

    private HeldOut(int part, String name) {
        this.part = part;
        this.name = name;
    }

    /** The verdict of a verifier on all searches of a prompt; empty where there is nothing to compare. */
    static Optional<String> verdict(PromptPage page, int part, String name) {
        HeldOut verdict = new HeldOut(part, name);
        page.searches().forEach(search -> verdict.add(search.strategy(), search.found()));
        return verdict.text();
    }

    private void add(String strategy, SearchResult found) {
        List<Double> all = found.ranked().stream()
                .map(scored -> (double) scored.parts()[part])
                .filter(Double::isFinite)
                .toList();
        OptionalDouble median = Statistics.median(all);
        double winner = found.winner().parts()[part];
        if (all.size() > 1 && Double.isFinite(winner)) {
            String figures =
                    String.format(Locale.ROOT, "%s (%.4f against %.4f)", strategy, winner, median.orElse(Double.NaN));
            (winner > median.orElse(Double.NaN) ? better : worse).add(figures);
        }
    }

    private Optional<String> text() {
        if (better.isEmpty() && worse.isEmpty()) {
            return Optional.empty();
        }
        String text =
                "By %s, which no search ever saw, a winner should score more than the median of its search's images."
                        .formatted(name);
        if (!better.isEmpty()) {
            text += " So it does for " + String.join(", ", better) + ".";
        }
        if (!worse.isEmpty()) {
            text += " It does not for " + String.join(", ", worse)
                    + ": there the gain may be no more than a weakness of what was optimised.";
        }
        return Optional.of(text);
    }
}
