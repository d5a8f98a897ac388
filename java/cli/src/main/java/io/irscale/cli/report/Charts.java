package io.irscale.cli.report;

import java.awt.BasicStroke;
import java.awt.Font;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;

/** Empty charts in the report's style. */
final class Charts {
    private static final int WIDTH = 520;
    private static final int HEIGHT = 320;

    private Charts() {}

    static XYChart xy(String x, String y, XYSeries.XYSeriesRenderStyle style) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(style);
        style(chart.getStyler());
        return chart;
    }

    static CategoryChart bars(String x, String y) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        style(chart.getStyler());
        return chart;
    }

    private static void style(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Palette.PAPER);
        styler.setPlotBackgroundColor(Palette.PAPER);
        styler.setPlotBorderVisible(false);
        styler.setChartFontColor(Palette.INK);
        styler.setAxisTickLabelsColor(Palette.INK);
        styler.setAxisTickMarksColor(Palette.FAINT);
        styler.setPlotGridLinesColor(Palette.FAINT);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setLegendVisible(false); // the page has one that wraps
        styler.setChartPadding(4);
        styler.setMarkerSize(7);
    }
}
