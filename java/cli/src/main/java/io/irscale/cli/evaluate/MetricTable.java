package io.irscale.cli.evaluate;

import io.irscale.cli.Columns;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.Interval;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** All numbers as a person reads them: a line a number, a column an arm. */
final class MetricTable {
    // Whose fall in per cent says something.
    private static final Set<String> DISTANCES = Set.of("fd", "kid", "cmmd");

    private final EvaluatePlan plan;
    private final List<List<String>> lines = new ArrayList<>();

    MetricTable(EvaluatePlan plan) {
        this.plan = plan;
    }

    void print(PrintWriter out, Results results) {
        List<String> head = new ArrayList<>(List.of(""));
        plan.arms().forEach(arm -> head.add(arm.name()));
        plan.compared()
                .ifPresent(pair -> head.add("%s to %s%s"
                        .formatted(pair.before().name(), pair.after().name(), pair.paired() ? ", paired" : "")));
        lines.add(head);
        for (Results.OfEncoder one : results.encoders()) {
            EncoderSpec.Kind kind = one.encoded().spec().kind();
            String real = one.encoded()
                    .reference()
                    .features()
                    .map(features -> "%d real images".formatted(features.count()))
                    .orElse("mean and covariance of real images");
            section("%s, %s%s"
                    .formatted(name(one.encoded()), real, one.encoded().kept() ? " (statistics)" : ""));
            one.rows().forEach(row -> add(title(kind, row.name()), row));
        }
        if (!results.clips().isEmpty()) {
            section("CLIP score");
            results.clips().forEach(one -> add(one.name(), one.row()));
        }
        Columns.write(out, lines);
        out.println("In brackets %s %% intervals of %d bootstrap draws; %d images an arm. * excludes no change."
                .formatted(
                        Columns.number(100 * plan.bootstrap().confidence()),
                        plan.bootstrap().draws(),
                        plan.arms().getFirst().images().size()));
        out.flush();
    }

    private String name(Encoded encoded) {
        return switch (encoded.spec().kind()) {
            case CLIP -> "CLIP " + encoded.spec().path().getFileName();
            case CLASSIFIER -> "classifier " + encoded.spec().path().getFileName();
            case DINOV2 -> "DINOv2 " + encoded.spec().path().getFileName();
            case INCEPTION ->
                "Inception, resized as "
                        + plan.setting()
                                .pixels()
                                .name()
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '-') + " does";
        };
    }

    private static String title(EncoderSpec.Kind kind, String part) {
        return switch (part) {
            case "fd" -> kind == EncoderSpec.Kind.INCEPTION ? "FID" : "Fréchet distance";
            case "kid" -> "kernel distance x 1000";
            case "cmmd" -> "CMMD";
            default -> part;
        };
    }

    private void section(String title) {
        lines.add(List.of());
        lines.add(List.of(title));
    }

    private void add(String title, Row row) {
        double scale = row.name().equals("kid") ? 1000 : 1;
        List<String> line = new ArrayList<>(List.of("  " + title));
        for (Arm arm : plan.arms()) {
            Interval interval = row.arms().get(arm.name());
            line.add(interval == null ? "-" : Columns.interval(interval, scale));
        }
        row.change().ifPresent(change -> line.add(text(change, scale, DISTANCES.contains(row.name()))));
        lines.add(line);
    }

    private static String text(Bootstrap.Change change, double scale, boolean share) {
        String fall = change.fall()
                .filter(known -> share)
                .map(known -> ", %s %%".formatted(Columns.number(-100 * known.value())))
                .orElse("");
        return Columns.interval(change.difference(), scale)
                + fall
                + (change.difference().excludesZero() ? " *" : "");
    }
}
