package io.irscale.train;

import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.report.Fonts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the losses of a run over its steps. */
final class Curves {
    private static final int POINTS = 200;

    private Curves() {}

    /** Draws nothing where there are no losses yet, or Java finds no fonts; the numbers are in the log too. */
    static void draw(Path file, TrainingLog log) {
        if (!Fonts.available()) {
            return;
        }
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(500)
                .title("Loss")
                .xAxisTitle("step")
                .yAxisTitle("loss")
                .build();
        boolean trained = add(chart, log, "train");
        boolean validated = add(chart, log, "validation");
        if (trained || validated) {
            write(file, chart);
        }
    }

    private static void write(Path file, XYChart chart) {
        try {
            AtomicFile.write(file, ChartEncoder.getBytes(chart, "png"));
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be drawn", e);
        }
    }

    // Means over stretches, so that a curve of any length can be read.
    private static boolean add(XYChart chart, TrainingLog log, String part) {
        List<TrainingLog.Entry> entries = log.entries().stream()
                .filter(entry -> entry.part().equals(part) && entry.losses().containsKey("loss"))
                .toList();
        int stretch = Math.max(1, Math.ceilDiv(entries.size(), POINTS));
        List<Double> steps = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        for (int from = 0; from < entries.size(); from += stretch) {
            List<TrainingLog.Entry> some = entries.subList(from, Math.min(from + stretch, entries.size()));
            steps.add(some.stream().mapToLong(TrainingLog.Entry::step).average().orElseThrow());
            losses.add(some.stream()
                    .mapToDouble(entry -> entry.losses().getOrDefault("loss", Double.NaN))
                    .average()
                    .orElseThrow());
        }
        if (!steps.isEmpty()) {
            chart.addSeries(part, steps, losses).setMarker(SeriesMarkers.NONE);
        }
        return !steps.isEmpty();
    }
}
