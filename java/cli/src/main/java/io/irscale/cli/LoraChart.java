package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.error.LibraryException;
import io.irscale.file.AtomicFile;
import io.irscale.file.FileReason;
import io.irscale.report.Fonts;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;

/** The norms of an inspection as a bar chart. */
final class LoraChart {
    private static final int HEIGHT = 600;
    private static final int MARGIN = 150;
    private static final int BAR = 20;
    private static final int LEAST = 640;

    private LoraChart() {}

    /**
     * Writes {@code file} as PNG, at once.
     *
     * @throws LibraryException if Java finds no fonts to write the labels with
     * @throws InvalidInputException if the file cannot be written
     */
    static void write(Path file, LoraInspection inspection) {
        if (!Fonts.available()) {
            throw new LibraryException(
                    "--plot " + file + ": cannot be drawn, as Java finds no fonts here; " + Fonts.REMEDY);
        }
        List<LoraInspection.Block> blocks = inspection.blocks();
        CategoryChart chart = new CategoryChartBuilder()
                .width(Math.max(LEAST, MARGIN + BAR * blocks.size()))
                .height(HEIGHT)
                .title("Update by block: " + OneLine.of(inspection.lora().file().getFileName() + ""))
                .yAxisTitle("Frobenius norm of the update")
                .build();
        chart.getStyler().setLegendVisible(false).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLabelRotation(90).setXAxisTickMarkSpacingHint(BAR / 2);
        chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, BAR / 2));
        chart.addSeries(
                "norm",
                blocks.stream().map(LoraInspection.Block::name).toList(),
                blocks.stream().map(LoraInspection.Block::norm).toList());
        try {
            AtomicFile.write(file, ChartEncoder.getBytes(chart, "png"));
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be drawn: " + FileReason.of(e), e);
        }
    }
}
