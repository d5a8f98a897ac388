package io.irscale.cli.evaluate;

import io.irscale.cli.Converters;
import io.irscale.cli.IntervalJson;
import io.irscale.cli.Version;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.FeatureSource;
import io.irscale.evaluate.Features;
import io.irscale.file.AtomicFile;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All numbers, and what they are of, as {@code metrics.json}. */
final class MetricsJson {
    static final String FILE = "metrics.json";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final ObjectNode root = MAPPER.createObjectNode();

    MetricsJson(EvaluatePlan plan, String torch) {
        root.put("irscale", Version.text()).put("libtorch", torch);
        root.put("device", plan.setting().device().toString());
        Bootstrap bootstrap = plan.bootstrap();
        root.put("seed", Converters.seed(bootstrap.seed()));
        root.putObject("bootstrap").put("draws", bootstrap.draws()).put("confidence", bootstrap.confidence());
        root.put("real", plan.reference().path().toString());
        root.put("range", plan.reference().choice().map(Object::toString).orElse(null));
        ArrayNode arms = root.putArray("generated");
        for (Arm arm : plan.arms()) {
            arms.addObject()
                    .put("name", arm.name())
                    .put("source", arm.source())
                    .put("found", arm.found())
                    .put("images", arm.images().size())
                    .put("prompts_known", arm.prompts().isPresent());
        }
        plan.compared()
                .ifPresent(pair -> root.putObject("compared")
                        .put("before", pair.before().name())
                        .put("after", pair.after().name())
                        .put("paired", pair.paired()));
    }

    void write(Path file, Results results) {
        ArrayNode encoders = root.putArray("encoders");
        for (Results.OfEncoder one : results.encoders()) {
            FeatureSource source = one.encoded().reference().source();
            ObjectNode out = encoders.addObject().put("encoder", source.encoder());
            out.put("path", one.encoded().spec().path().toString());
            out.put("weights_sha256", source.weights()).put("preprocessing", source.preprocessing());
            out.put("real", source.dataset());
            out.put(
                    "real_images",
                    one.encoded().reference().features().map(Features::count).orElse(null));
            out.put("real_from_statistics", one.encoded().kept());
            ObjectNode metrics = out.putObject("metrics");
            one.rows().forEach(row -> row(metrics.putObject(row.name()), row));
        }
        ArrayNode clips = root.putArray("clip_scores");
        for (Results.OfClip one : results.clips()) {
            ObjectNode out = clips.addObject().put("name", one.name());
            row(out.put("path", one.clip().toString()), one.row());
        }
        AtomicFile.write(file, MAPPER.writeValueAsBytes(root));
    }

    private static void row(ObjectNode out, Row row) {
        ObjectNode arms = out.putObject("arms");
        row.arms().forEach((name, interval) -> {
            ObjectNode arm = IntervalJson.put(arms.putObject(name), interval);
            if (row.subsets().containsKey(name)) {
                arm.put("subsets_mean", row.subsets().get(name).mean());
                arm.put("subsets_deviation", row.subsets().get(name).deviation());
            }
        });
        row.change().ifPresent(change -> {
            IntervalJson.put(out.putObject("difference"), change.difference());
            change.fall().ifPresent(fall -> IntervalJson.put(out.putObject("fall"), fall));
        });
    }
}
