package io.irscale.cli.parity;

import io.irscale.file.AtomicFile;
import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a report as JSON. Errors that are not finite are written as texts. */
final class ParityJson {
    private static final JsonMapper JSON = new JsonMapper();

    private ParityJson() {}

    static void write(Path file, Path folder, Report report) {
        ObjectNode root = JSON.createObjectNode()
                .put("folder", folder.toString())
                .put("passed", report.count(Verdict.PASS))
                .put("failed", report.count(Verdict.FAIL))
                .put("missing", report.count(Verdict.MISSING));
        for (Comparison line : report.comparisons()) {
            ObjectNode entry = root.withArray("comparisons")
                    .addObject()
                    .put("stage", line.stage())
                    .put("tensor", line.tensor())
                    .put("verdict", line.verdict().name().toLowerCase(Locale.ROOT))
                    .put("note", line.note());
            Tolerance tolerance = line.tolerance();
            if (tolerance != null) {
                entry.put("error", line.error())
                        .put("measure", tolerance.measure().toString())
                        .put("tolerance", tolerance.limit());
            }
        }
        report.notes().forEach(root.putArray("notes")::add);
        AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
    }
}
