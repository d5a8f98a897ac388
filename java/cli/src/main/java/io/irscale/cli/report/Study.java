package io.irscale.cli.report;

import java.nio.file.Path;
import java.util.List;

/**
 * A study of several ways to draw images, as one page.
 *
 * @param title above it
 * @param lead what it shows, in a sentence or two
 * @param facts settings
 * @param table its head and lines; first cells are names
 * @param curves charts
 * @param rows pictures
 */
public record Study(
        String title,
        String lead,
        List<ReportHead.Fact> facts,
        List<List<String>> table,
        List<Curve> curves,
        List<Row> rows) {
    /** Lines over one axis. */
    public record Curve(String title, String x, String y, List<Series> series) {}

    /** A line through points; a single one is a dot. */
    public record Series(String name, List<Double> x, List<Double> y) {}

    /** Pictures beside each other, PNG files. */
    public record Row(String name, List<Path> pictures) {}
}
