package io.irscale.cli.parity;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints a report as text: one line a comparison, in columns. */
final class ParityTable {
    private static final List<String> HEADER = List.of("stage", "tensor", "error", "tolerance", "verdict");

    private ParityTable() {}

    static void print(Report report, PrintWriter out) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADER);
        report.comparisons().forEach(comparison -> lines.add(cells(comparison)));
        int[] widths = new int[HEADER.size()];
        for (List<String> line : lines) {
            Arrays.setAll(widths, i -> Math.max(widths[i], line.get(i).length()));
        }
        lines.forEach(line -> out.println(text(line, widths)));
        report.notes().forEach(out::println);
        out.println(report.summary());
        out.flush();
    }

    private static List<String> cells(Comparison line) {
        String verdict = line.note().isEmpty() ? line.verdict().toString() : line.verdict() + ": " + line.note();
        return List.of(line.stage(), line.tensor(), error(line.error()), tolerance(line.tolerance()), verdict);
    }

    private static String error(@Nullable Double error) {
        return error == null ? "-" : error == 0 ? "0" : "%.2e".formatted(error);
    }

    private static String tolerance(@Nullable Tolerance tolerance) {
        return tolerance == null ? "-" : tolerance.toString();
    }

    private static String text(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            text.append(cells.get(i));
            text.repeat(' ', widths[i] - cells.get(i).length() + 2);
        }
        return text.toString().stripTrailing();
    }
}
