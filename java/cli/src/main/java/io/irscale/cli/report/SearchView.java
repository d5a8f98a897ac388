package io.irscale.cli.report;

import io.irscale.cli.Converters;
import io.irscale.search.Ledger;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the page says of one search.
 *
 * @param colour its number among the colours
 * @param strategy its name
 * @param description what it does
 * @param settings of the strategy
 * @param winner its best image
 * @param rows figures for the table
 * @param tree its candidates
 * @param open whether the tree shows at once
 */
record SearchView(
        int colour,
        String strategy,
        String description,
        String settings,
        PictureView winner,
        List<String> rows,
        TreePicture.View tree,
        boolean open) {
    /** What {@link #rows} are. */
    static final List<String> COLUMNS = List.of(
            "best score",
            "median",
            "images",
            "forwards",
            "previews",
            "verifier calls",
            "gradients",
            "batches",
            "time",
            "end");

    static SearchView of(int colour, SearchPage search, ReportHead head, boolean open) {
        SearchResult found = search.found();
        Scored winner = found.winner();
        return new SearchView(
                colour,
                search.strategy(),
                search.description(),
                search.settings().entrySet().stream()
                        .map(setting -> setting.getKey() + " = " + setting.getValue())
                        .collect(Collectors.joining(", ")),
                PictureView.of(
                        search.strategy(),
                        "candidate %d, seed %d"
                                .formatted(
                                        winner.candidate().id(),
                                        Converters.seed(winner.candidate().seed())),
                        search.winner(),
                        head),
                rows(found),
                TreePicture.of(search, head.width(), head.height()),
                open);
    }

    private static List<String> rows(SearchResult found) {
        Ledger.Counts cost = found.cost();
        return List.of(
                Words.score(found.winner().score()),
                Words.score(Statistics.median(scores(found))),
                Integer.toString(found.ranked().size()),
                Long.toString(cost.forwards()),
                Long.toString(cost.previews()),
                Long.toString(cost.verifierCalls()),
                Long.toString(cost.gradients()),
                Long.toString(cost.batches()),
                String.format(Locale.ROOT, "%.1f s", found.times().total().toNanos() / 1e9),
                Words.stop(found.stop()));
    }

    static List<Double> scores(SearchResult found) {
        return found.ranked().stream()
                .map(scored -> scored.score().orElse(Double.NaN))
                .filter(Double::isFinite)
                .toList();
    }
}
