package io.irscale.cli;

import io.irscale.evaluate.Interval;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Tables of numbers for a terminal. */
public final class Columns {
    private Columns() {}

    /** Lines of cells, each column as wide as its widest; a line of a single cell is a heading and may be wider. */
    public static void write(PrintWriter out, List<List<String>> lines) {
        int columns = lines.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < line.size() && line.size() > 1; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                text.append(i == 0 ? "" : "  ").append(line.get(i));
                text.append(" ".repeat(Math.max(0, widths[i] - line.get(i).length())));
            }
            out.println(OneLine.of(text.isEmpty() ? "" : "|" + text)
                    .replaceFirst("^\\|", "")
                    .stripTrailing());
        }
    }

    /** A value and its interval, each times {@code scale}. */
    public static String interval(Interval interval, double scale) {
        return "%s [%s, %s]"
                .formatted(
                        number(scale * interval.value()),
                        number(scale * interval.low()),
                        number(scale * interval.high()));
    }

    /** Four digits. */
    public static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
