package io.irscale.cli.report;

import com.samskivert.mustache.Mustache;
import io.irscale.cli.Version;
import io.irscale.file.AtomicFile;
import io.irscale.report.Fonts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Writes a {@link Study} as one HTML file that needs nothing beside it. */
public final class StudyReport {
    private StudyReport() {}

    private record View(
            String version,
            String style,
            Study study,
            List<String> head,
            List<List<String>> lines,
            List<Figure> figures,
            List<Strip> strips) {}

    private record Figure(String title, String svg, List<Key> keys) {}

    private record Key(String name, int colour) {}

    private record Strip(String name, List<String> sources) {}

    /** Writes it at once; without charts where Java finds no fonts. */
    public static void write(Path file, Study study) {
        View view = new View(
                Version.text(),
                HtmlReport.resource("report.css"),
                study,
                study.table().getFirst(),
                study.table().subList(1, study.table().size()),
                Fonts.available() ? figures(study) : List.of(),
                study.rows().stream()
                        .map(row -> new Strip(
                                row.name(),
                                row.pictures().stream().map(Pictures::small).toList()))
                        .toList());
        String html =
                Mustache.compiler().compile(HtmlReport.resource("study.html")).execute(view);
        AtomicFile.write(file, html.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Figure> figures(Study study) {
        Svg svg = new Svg();
        List<Figure> figures = new ArrayList<>();
        for (Study.Curve curve : study.curves()) {
            XYChart chart = Charts.xy(curve.x(), curve.y(), XYSeries.XYSeriesRenderStyle.Line);
            List<Key> keys = new ArrayList<>();
            for (int i = 0; i < curve.series().size(); i++) {
                Study.Series line = curve.series().get(i);
                XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
                series.setLineColor(Palette.series(i));
                series.setMarkerColor(Palette.series(i));
                series.setMarker(SeriesMarkers.CIRCLE);
                keys.add(new Key(line.name(), i % Palette.SIZE));
            }
            figures.add(new Figure(curve.title(), svg.of(chart, curve.title()), keys));
        }
        return figures;
    }
}
