package io.irscale.cli.reproduce;

import io.irscale.cli.report.ReportHead;
import io.irscale.cli.report.Study;
import io.irscale.cli.report.StudyReport;
import io.irscale.train.Retrieval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What a reproduction found, to look at. */
final class ReproduceReport {
    static final String FILE = "report.html";
    private static final int SHOWN = 10;

    private ReproduceReport() {}

    static void write(
            Path file,
            Recipe recipe,
            Path samples,
            Map<String, Retrieval> retrieval,
            Map<String, Map<String, Double>> realAccuracy,
            List<Measured> measured) {
        List<ReportHead.Fact> facts = new ArrayList<>();
        facts.add(new ReportHead.Fact("base", recipe.base().toString()));
        facts.add(new ReportHead.Fact("data", recipe.description()));
        facts.add(new ReportHead.Fact("extent", recipe.extent().toString()));
        retrieval.forEach((name, found) -> facts.add(new ReportHead.Fact(
                "retrieval by the %s verifier".formatted(name),
                String.format(
                        Locale.ROOT,
                        "recall at 1 %.3f, at 5 %.3f, above a hard negative %.3f",
                        found.recallAt1(),
                        found.recallAt5(),
                        found.hard()))));
        realAccuracy.forEach((judge, accuracy) ->
                facts.add(new ReportHead.Fact("accuracy of %s on real images".formatted(judge), accuracy(accuracy))));
        measured.forEach(each -> each.judged()
                .forEach(judged -> facts.add(new ReportHead.Fact(
                        "accuracy of %s on %s"
                                .formatted(judged.judge(), each.arm().name()),
                        accuracy(judged.accuracy())))));
        StudyReport.write(
                file,
                new Study(
                        "Verifier-guided search on " + recipe.target().value() + " images",
                        "Distances of %d generated images to real ones of the validation split, by networks that took no"
                                        .formatted(recipe.extent().images())
                                + " part in the search, with 95 % intervals over prompts; changes are against unguided"
                                + " images of the same prompts. Images are AI-generated.",
                        facts,
                        new ReproduceTable(measured).lines(),
                        curves(measured),
                        rows(samples, measured)));
    }

    private static String accuracy(Map<String, Double> accuracy) {
        List<String> words = new ArrayList<>();
        accuracy.forEach((label, share) -> words.add(String.format(Locale.ROOT, "%s %.2f", label, share)));
        return String.join(", ", words);
    }

    private static List<Study.Curve> curves(List<Measured> measured) {
        List<Study.Curve> curves = new ArrayList<>();
        for (int judge = 0; judge < measured.getFirst().judged().size(); judge++) {
            int of = judge;
            String name = measured.getFirst().judged().get(of).judge();
            curves.add(new Study.Curve(
                    "Fréchet distance by " + name,
                    "transformer forwards an image",
                    "distance",
                    series(measured, each -> each.judged().get(of).fd().value())));
        }
        curves.add(new Study.Curve(
                "Score by the verifier",
                "transformer forwards an image",
                "score",
                series(measured, each -> each.arm().score())));
        return curves;
    }

    private interface Height {
        double of(Measured measured);
    }

    /** Best-of-N is a line for each guidance; the others are dots. */
    private static List<Study.Series> series(List<Measured> measured, Height height) {
        List<Study.Series> series = new ArrayList<>();
        for (Measured start : measured) {
            if (start.against().isEmpty()) {
                List<Measured> line = measured.stream()
                        .filter(each -> each.equals(start) || isBestOf(each, start))
                        .toList();
                series.add(series(start.arm().name().replace("unguided", "best-of-N"), line, height));
            }
        }
        for (Measured each : measured) {
            if (each.against().isPresent() && !each.arm().name().contains("best-of")) {
                series.add(series(each.arm().name(), List.of(each), height));
            }
        }
        return series;
    }

    private static boolean isBestOf(Measured each, Measured start) {
        return each.arm().name().contains("best-of")
                && each.against().orElse("").equals(start.arm().name());
    }

    private static Study.Series series(String name, List<Measured> line, Height height) {
        return new Study.Series(
                name,
                line.stream().map(each -> each.arm().forwards()).toList(),
                line.stream().map(height::of).toList());
    }

    private static List<Study.Row> rows(Path samples, List<Measured> measured) {
        List<Study.Row> rows = new ArrayList<>();
        rows.add(row(
                samples, Reproduction.REAL, measured.getFirst().arm().shots().size()));
        measured.forEach(each ->
                rows.add(row(samples, each.arm().name(), each.arm().shots().size())));
        return rows;
    }

    private static Study.Row row(Path samples, String name, int count) {
        int shown = Math.min(SHOWN, count);
        return new Study.Row(
                name,
                IntStream.range(0, shown)
                        .mapToObj(i -> Arm.file(samples, name, i * count / shown))
                        .toList());
    }
}
