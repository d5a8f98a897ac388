package io.irscale.cli.report;

import io.irscale.search.Lineage;
import io.irscale.search.Scored;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The charts of a prompt; strategies keep their colours in all of them. */
final class ReportCharts {
    private static final int BINS = 48;
    private static final int LEVEL = 4;
    private static final Marker WINNER = new Marker() {
        @Override
        public void paint(Graphics2D graphics, double x, double y, int size) {
            SeriesMarkers.DIAMOND.paint(graphics, x, y, 2 * size);
        }
    };
    private static final BasicStroke LINE = new BasicStroke(2);
    private static final BasicStroke DASHED =
            new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 10, new float[] {5, 4}, 0);

    private final List<SearchPage> searches;

    ReportCharts(List<SearchPage> searches) {
        this.searches = searches;
    }

    /** The best score against the forwards that it took, with the score that came without search. */
    XYChart best(OptionalDouble unsearched) {
        XYChart chart = Charts.xy("transformer forwards", "best score so far", XYSeries.XYSeriesRenderStyle.Step);
        long most = 1;
        for (int i = 0; i < searches.size(); i++) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (Lineage.Point point : searches.get(i).found().lineage().curve()) {
                if (Double.isFinite(point.best())) {
                    x.add((double) point.forwards());
                    y.add(point.best());
                }
            }
            if (!y.isEmpty()) {
                long end = searches.get(i).found().cost().forwards();
                most = Math.max(most, end);
                x.add((double) end);
                y.add(y.getLast());
                line(chart, searches.get(i).strategy(), x, y, Palette.series(i), LINE);
            }
        }
        if (unsearched.isPresent()) {
            List<Double> level = List.of(unsearched.getAsDouble(), unsearched.getAsDouble());
            line(chart, "without search", List.of(0.0, (double) most), level, Palette.INK, DASHED);
        }
        chart.getStyler().setXAxisMin(0.0);
        return chart;
    }

    private static void line(
            XYChart chart, String name, List<Double> x, List<Double> y, Color colour, BasicStroke stroke) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(colour.equals(Palette.INK) ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
        series.setMarkerColor(colour);
        series.setLineColor(colour);
        series.setLineStyle(stroke);
    }

    /** A dot for every finished image at its score, piled up where scores are alike; a pile a strategy. */
    XYChart scores() {
        XYChart chart = Charts.xy("score", "", XYSeries.XYSeriesRenderStyle.Scatter);
        List<Double> all = searches.stream()
                .flatMap(search -> finite(search).stream())
                .sorted()
                .toList();
        double width = Math.max(all.getLast() - all.getFirst(), 1e-9) / BINS;
        int floor = 0;
        for (int i = searches.size() - 1; i >= 0; i--) {
            Map<Long, Integer> piles = new TreeMap<>();
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (double score : finite(searches.get(i))) {
                long bin = (long) ((score - all.getFirst()) / width);
                int height = piles.merge(bin, 1, Integer::sum);
                x.add(score);
                y.add((double) floor + height);
            }
            if (!x.isEmpty()) {
                dots(chart, searches.get(i).strategy(), x, y, Palette.series(i), SeriesMarkers.CIRCLE);
                floor += piles.values().stream().max(Integer::compare).orElse(0) + 1;
            }
        }
        chart.getStyler().setYAxisTicksVisible(false).setYAxisMin(0.0).setYAxisMax(floor + 1.0);
        return chart;
    }

    private static List<Double> finite(SearchPage search) {
        return search.found().ranked().stream()
                .map(scored -> scored.score().orElse(Double.NaN))
                .filter(Double::isFinite)
                .sorted()
                .toList();
    }

    /** Every finished image by what was optimised and by a verifier that was held out; winners are diamonds. */
    XYChart heldOut(int part, String name) {
        XYChart chart =
                Charts.xy("score that was optimised", name + ", held out", XYSeries.XYSeriesRenderStyle.Scatter);
        for (int i = 0; i < searches.size(); i++) {
            SearchPage search = searches.get(i);
            List<Scored> points = search.found().ranked().stream()
                    .filter(scored -> Double.isFinite(scored.score().orElse(Double.NaN)))
                    .filter(scored -> Float.isFinite(scored.parts()[part]))
                    .toList();
            if (!points.isEmpty()) {
                Color colour = Palette.series(i);
                plot(chart, search.strategy(), points, part, colour, SeriesMarkers.CIRCLE);
                plot(chart, search.strategy() + ": winner", points.subList(0, 1), part, colour, WINNER);
            }
        }
        return chart;
    }

    private static void plot(XYChart chart, String name, List<Scored> points, int part, Color colour, Marker marker) {
        dots(
                chart,
                name,
                points.stream().map(scored -> scored.score().orElse(0)).toList(),
                points.stream().map(scored -> (double) scored.parts()[part]).toList(),
                colour,
                marker);
    }

    private static void dots(XYChart chart, String name, List<Double> x, List<Double> y, Color colour, Marker marker) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarkerColor(colour);
        series.setMarker(marker);
    }

    /** Where the time went: a bar a strategy. */
    CategoryChart times() {
        CategoryChart chart = Charts.bars("", "seconds");
        List<String> names = searches.stream().map(SearchPage::strategy).toList();
        for (TimePart part : TimePart.values()) {
            List<Double> seconds = searches.stream()
                    .map(search -> part.of(search.found().times()).toNanos() / 1e9)
                    .toList();
            CategorySeries series = chart.addSeries(part.name(), names, seconds);
            series.setFillColor(Palette.series(part.colour()));
            series.setLineColor(Palette.series(part.colour()));
        }
        chart.getStyler().setStacked(true).setAvailableSpaceFill(0.5);
        // All names, aslant where they would touch.
        chart.getStyler().setXAxisTickMarkSpacingHint(10).setXAxisLabelRotation(names.size() > LEVEL ? 35 : 0);
        return chart;
    }
}
