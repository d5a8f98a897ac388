package io.irscale.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.irscale.report.Fonts;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

final class SvgTest {
    @BeforeEach
    void needFonts() {
        assumeTrue(Fonts.available(), "Java finds no fonts here");
    }

    @Test
    void sameChartGivesTheSameBytes() {
        assertThat(new Svg().of(chart(), "a")).isEqualTo(new Svg().of(chart(), "a"));
    }

    @Test
    void chartsOfAPageHaveTheirOwnIdsAndColours() {
        Svg svg = new Svg();
        String both = svg.of(chart(), "first") + svg.of(chart(), "second \"<\"");
        Document page = Jsoup.parse("<page>" + both + "</page>", "", Parser.xmlParser());
        List<String> ids = page.select("clipPath").eachAttr("id");
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
        ids.forEach(id -> assertThat(both).contains("url(#" + id + ")"));
        assertThat(page.select("svg").eachAttr("aria-label")).containsExactly("first", "second \"<\"");
        assertThat(both).contains("var(--c0)", "var(--ink)", "viewBox=").doesNotContain("rgb(", "width=\"520px\"");
    }

    private static XYChart chart() {
        XYChart chart = Charts.xy("x", "y", XYSeries.XYSeriesRenderStyle.Scatter);
        chart.addSeries("s", List.of(1.0, 2.0), List.of(0.25, 0.5)).setMarkerColor(Palette.series(0));
        return chart;
    }
}
