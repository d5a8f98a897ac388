package io.irscale.cli.report;

import io.irscale.cli.Converters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * What the page says of one prompt.
 *
 * @param number in the run, from 1
 * @param prompt the prompt
 * @param summary the outcome, in a sentence
 * @param unsearched the image without search
 * @param verdicts of the verifiers that were held out
 * @param charts to look at
 * @param columns of the table
 * @param searches one a strategy
 */
record PromptView(
        int number,
        String prompt,
        String summary,
        PictureView unsearched,
        List<String> verdicts,
        List<Figure> charts,
        List<String> columns,
        List<SearchView> searches) {
    /** A chart and how to read it. */
    record Figure(String svg, String title, List<Key> keys, String caption) {}

    /** What a colour stands for. */
    record Key(String colour, String name) {
        static Key of(int colour, String name) {
            return new Key("--c" + colour, name);
        }
    }

    /** Makes the views, and draws the charts if there is something to draw with. */
    record Maker(ReportHead head, boolean drawn, Svg svg) {
        PromptView of(int number, PromptPage page) {
            List<SearchView> searches = IntStream.range(0, page.searches().size())
                    .mapToObj(
                            i -> SearchView.of(i % Palette.SIZE, page.searches().get(i), head, number == 1))
                    .toList();
            return new PromptView(
                    number,
                    page.prompt(),
                    summary(page),
                    PictureView.of(
                            "without search",
                            "seed "
                                    + Converters.seed(page.unsearched()
                                            .scored()
                                            .candidate()
                                            .seed()),
                            page.unsearched(),
                            head),
                    IntStream.range(0, head.members().size())
                            .filter(part -> head.members().get(part).heldOut())
                            .mapToObj(part -> HeldOut.verdict(
                                    page, part, head.members().get(part).name()))
                            .flatMap(Optional::stream)
                            .toList(),
                    drawn ? charts(page) : List.of(),
                    SearchView.COLUMNS,
                    searches);
        }

        private OptionalDouble unsearched(PromptPage page) {
            return head.comparable() ? page.unsearched().scored().score() : OptionalDouble.empty();
        }

        private String summary(PromptPage page) {
            if (!head.scored()) {
                return "Without a verifier images are not ranked: the first one stands for all.";
            }
            if (!head.comparable()) {
                return "Scores are ranks among the candidates of one search; they cannot be compared between searches.";
            }
            SearchPage first = page.searches().getFirst();
            for (SearchPage search : page.searches()) {
                if (value(search) > value(first)) {
                    first = search;
                }
            }
            String best = page.searches().size() == 1
                    ? "The best image"
                    : "The best of %d strategies is %s, which"
                            .formatted(page.searches().size(), first.strategy());
            return "%s scores %s; without search it is %s."
                    .formatted(best, Words.score(value(first)), Words.score(unsearched(page)));
        }

        private static double value(SearchPage search) {
            return search.found().winner().score().orElse(Double.NEGATIVE_INFINITY);
        }

        private List<Figure> charts(PromptPage page) {
            ReportCharts charts = new ReportCharts(page.searches());
            List<Figure> figures = new ArrayList<>();
            boolean finite = page.searches().stream()
                    .anyMatch(search -> !SearchView.scores(search.found()).isEmpty());
            if (finite && head.comparable()) {
                figures.add(figure(
                        charts.best(unsearched(page)),
                        "Best score against work",
                        strategies(page),
                        "A forward is one pass of the image model, most of the cost. The sooner a line rises and"
                                + " the higher it ends, the better the strategy; images that are drawn together are"
                                + " known together. Dashed is the first image, drawn without any search."));
                figures.add(figure(
                        charts.scores(),
                        "Scores of the finished images",
                        strategies(page),
                        "A dot is an image; dots pile up where scores are alike, a pile a strategy. A pile far to the"
                                + " right means that most images are good, a single dot there that one was lucky."));
            }
            if (finite) {
                for (int part = 0; part < head.members().size(); part++) {
                    if (head.members().get(part).heldOut()) {
                        figures.add(heldOut(charts, page, part));
                    }
                }
            }
            figures.add(figure(
                    charts.times(),
                    "Where the time went",
                    Stream.of(TimePart.values())
                            .map(part -> Key.of(part.colour(), part.title()))
                            .toList(),
                    "Text: encoding the prompt. Denoise: the image model. Decode: latents to images. Score: the"
                            + " verifiers. Idle: waiting for all else, such as files being written."));
            return figures;
        }

        private Figure heldOut(ReportCharts charts, PromptPage page, int part) {
            String name = head.members().get(part).name();
            List<Double> ours = new ArrayList<>();
            List<Double> theirs = new ArrayList<>();
            page.searches().stream()
                    .flatMap(search -> search.found().ranked().stream())
                    .filter(scored -> Double.isFinite(scored.score().orElse(Double.NaN)))
                    .filter(scored -> Float.isFinite(scored.parts()[part]))
                    .forEach(scored -> {
                        ours.add(scored.score().orElse(0));
                        theirs.add((double) scored.parts()[part]);
                    });
            OptionalDouble correlation = Statistics.rankCorrelation(ours, theirs);
            String agreement = correlation.isPresent()
                    ? String.format(
                            Locale.ROOT,
                            "Rank correlation %.2f over %d images: 1 is full agreement, 0 none.",
                            correlation.getAsDouble(),
                            ours.size())
                    : "Too few images for a rank correlation.";
            return figure(
                    charts.heldOut(part, name),
                    "Does %s agree?".formatted(name),
                    strategies(page),
                    "Across: what the search raised. Up: the score by %s, which it never saw. If the diamonds, the"
                                    .formatted(name)
                            + " winners, are far right but not high, the search has fooled the verifier. "
                            + agreement);
        }

        private Figure figure(Chart<?, ?> chart, String title, List<Key> keys, String caption) {
            return new Figure(svg.of(chart, title), title, keys, caption);
        }

        private static List<Key> strategies(PromptPage page) {
            return IntStream.range(0, page.searches().size())
                    .mapToObj(
                            i -> Key.of(i % Palette.SIZE, page.searches().get(i).strategy()))
                    .toList();
        }
    }
}
