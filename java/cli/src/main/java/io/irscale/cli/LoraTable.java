package io.irscale.cli;

import io.irscale.lora.LoraMatch;
import io.irscale.lora.LoraTarget;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An inspection as a person reads it. */
final class LoraTable {
    private static final int BAR = 40;

    private final PrintWriter out;
    private final LoraInspection inspection;

    LoraTable(PrintWriter out, LoraInspection inspection) {
        this.out = out;
        this.inspection = inspection;
    }

    void print() {
        LoraMatch match = inspection.lora().match();
        line("file", inspection.lora().file());
        line("format", inspection.lora().format().title());
        line(
                "layers",
                "%d of the transformer, %d of CLIP"
                        .formatted(inspection.layers(LoraTarget.TRANSFORMER), inspection.layers(LoraTarget.CLIP)));
        line("vectors", inspection.lora().vectors().size() + " biases and norms");
        line("kind", counts(inspection.updates()));
        line("rank", counts(inspection.ranks()));
        line("alpha/rank", counts(inspection.scales()));
        line(
                "keys",
                "%d matched, %d unmatched"
                        .formatted(match.matched().size(), match.unmatched().size()));
        match.unmatched().forEach((key, reason) -> out.println("  " + OneLine.of(key + ": " + reason.text())));
        printKinds();
        printBlocks();
        out.flush();
    }

    private void line(String name, Object value) {
        out.println("%-12s%s".formatted(name, OneLine.of(value.toString())));
    }

    private static String counts(Map<?, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> "%s (%d layers)".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void printKinds() {
        out.println();
        out.println("Targets, and how many layers of the kind:");
        inspection.kinds().forEach((kind, count) -> out.println("  %4d  %s".formatted(count, kind)));
    }

    private void printBlocks() {
        List<LoraInspection.Block> blocks = inspection.blocks();
        int width =
                blocks.stream().mapToInt(block -> block.name().length()).max().orElse(0);
        double most =
                blocks.stream().mapToDouble(LoraInspection.Block::norm).max().orElse(0);
        out.println();
        out.println("Frobenius norm of the update, by block:");
        for (LoraInspection.Block block : blocks) {
            int length = most == 0 ? 0 : (int) Math.round(BAR * block.norm() / most);
            String row = String.format(
                    Locale.ROOT,
                    "  %-" + width + "s  %3d layers  %10.4g  %s",
                    block.name(),
                    block.layers(),
                    block.norm(),
                    "█".repeat(length));
            out.println(row.stripTrailing());
        }
    }
}
