package io.irscale.cli.report;

import com.samskivert.mustache.Escapers;
import io.irscale.error.InternalException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Charts as SVG that can stand in a page beside others: small, in the page's colours, the same bytes every time. */
final class Svg {
    private static final Pattern SIZE = Pattern.compile(" (?:width|height|x|y)=\"[^\"]*\"");
    private static final Pattern CLIP = Pattern.compile("clip\\d+");
    private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{2,}(?:E-?\\d+)?");
    private static final Pattern INDENT = Pattern.compile("\n\\s*");

    // All charts of a page share its ids.
    private int clips;

    /** The chart as an element of a page; {@code label} is what a screen reader says. */
    String of(Chart<?, ?> chart, String label) {
        String text;
        try {
            text = new String(ChartEncoder.getBytes(chart, "svg"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InternalException("a chart cannot be drawn: " + e, e);
        }
        int start = text.indexOf("<svg");
        int end = text.indexOf('>', start);
        String body = INDENT.matcher(renamed(text.substring(end + 1))).replaceAll("");
        for (Map.Entry<String, String> colour : Palette.variables().entrySet()) {
            body = body.replace(colour.getKey(), colour.getValue());
        }
        return "<svg role=\"img\" aria-label=\"" + Escapers.HTML.escape(label) + "\""
                + SIZE.matcher(text.substring(start + "<svg".length(), end)).replaceAll("") + ">"
                + LONG_NUMBER.matcher(body).replaceAll(number -> rounded(number.group()));
    }

    // They are hash codes, another each time.
    private String renamed(String body) {
        Map<String, String> names = new LinkedHashMap<>();
        Matcher matcher = CLIP.matcher(body);
        while (matcher.find()) {
            names.computeIfAbsent(matcher.group(), clip -> "chart-clip-" + clips++);
        }
        return CLIP.matcher(body).replaceAll(match -> names.getOrDefault(match.group(), ""));
    }

    private static String rounded(String number) {
        return new BigDecimal(number)
                .setScale(1, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }
}
