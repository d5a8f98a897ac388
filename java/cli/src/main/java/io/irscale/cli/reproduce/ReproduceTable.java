package io.irscale.cli.reproduce;

import static io.irscale.cli.Columns.interval;
import static io.irscale.cli.Columns.number;

import io.irscale.cli.Columns;
import io.irscale.cli.reproduce.Measured.Judged;
import io.irscale.evaluate.Bootstrap;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The paper's table: a line an arm. */
final class ReproduceTable {
    private final List<List<String>> lines = new ArrayList<>();
    // Columns up to the distances.
    private final int costs;

    ReproduceTable(List<Measured> measured) {
        Measured first = measured.getFirst();
        List<String> head = new ArrayList<>(List.of("", "forwards", "s", "score"));
        for (Judged judged : first.judged()) {
            head.add("FD " + judged.judge());
            head.add("change");
        }
        costs = head.size();
        for (Judged judged : first.judged()) {
            head.add("KID x1000 " + judged.judge());
            head.add("precision");
            head.add("recall");
            head.add("change");
        }
        first.clips().keySet().forEach(name -> head.add("CLIP " + name));
        lines.add(head);
        measured.forEach(each -> lines.add(line(each)));
    }

    private static List<String> line(Measured measured) {
        Arm arm = measured.arm();
        List<String> line = new ArrayList<>(
                List.of(arm.name(), number(arm.forwards()), number(arm.seconds()), number(arm.score())));
        for (Judged judged : measured.judged()) {
            line.add(interval(judged.fd(), 1));
            line.add(fall(judged.fdChange()));
        }
        for (Judged judged : measured.judged()) {
            line.add(interval(judged.kid(), 1000));
            line.add(interval(judged.precision(), 1));
            line.add(interval(judged.recall(), 1));
            line.add(judged.recallChange()
                    .map(change -> interval(change.difference(), 1))
                    .orElse(""));
        }
        measured.clips().values().forEach(score -> line.add(interval(score, 1)));
        return line;
    }

    /** In per cent of the unguided distance, starred where the interval excludes none. */
    static String fall(Optional<Bootstrap.Change> change) {
        return change.flatMap(Bootstrap.Change::fall)
                .map(fall -> "%s %% [%s, %s]%s"
                        .formatted(
                                number(-100 * fall.value()),
                                number(-100 * fall.high()),
                                number(-100 * fall.low()),
                                fall.excludesZero() ? " *" : ""))
                .orElse("");
    }

    /** Head and lines. */
    List<List<String>> lines() {
        return lines;
    }

    /** As two tables below each other, which a terminal is wide enough for. */
    void print(PrintWriter out) {
        Columns.write(out, columns(1, costs));
        out.println();
        Columns.write(out, columns(costs, lines.getFirst().size()));
    }

    private List<List<String>> columns(int from, int to) {
        return lines.stream()
                .map(line -> Stream.concat(Stream.of(line.getFirst()), line.subList(from, to).stream())
                        .toList())
                .toList();
    }
}
