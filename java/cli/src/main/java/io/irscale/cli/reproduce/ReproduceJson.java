package io.irscale.cli.reproduce;

import io.irscale.cli.Version;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.Interval;
import io.irscale.tensor.AtomicFile;
import io.irscale.train.Retrieval;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Every number of a reproduction, as {@code reproduce.json}. */
final class ReproduceJson {
    static final String FILE = "reproduce.json";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReproduceJson() {}

    static void write(
            Path file,
            Recipe recipe,
            Map<String, Retrieval> retrieval,
            Map<String, Map<String, Double>> realAccuracy,
            List<Measured> measured) {
        ObjectNode root = MAPPER.createObjectNode().put("irscale", Version.text());
        root.put("base", recipe.base().toString()).put("data", recipe.description());
        root.set("extent", MAPPER.valueToTree(recipe.extent()));
        root.set("retrieval", MAPPER.valueToTree(retrieval));
        root.set("accuracy_of_real", MAPPER.valueToTree(realAccuracy));
        ObjectNode arms = root.putObject("arms");
        for (Measured each : measured) {
            ObjectNode out = arms.putObject(each.arm().name());
            out.put("forwards", each.arm().forwards())
                    .put("seconds", each.arm().seconds())
                    .put("score", each.arm().score());
            each.against().ifPresent(against -> out.put("against", against));
            ObjectNode judges = out.putObject("judges");
            each.judged().forEach(judged -> {
                ObjectNode of = judges.putObject(judged.judge());
                interval(of.putObject("fd"), judged.fd());
                interval(of.putObject("kid"), judged.kid());
                interval(of.putObject("precision"), judged.precision());
                interval(of.putObject("recall"), judged.recall());
                judged.fdChange()
                        .flatMap(Bootstrap.Change::fall)
                        .ifPresent(fall -> interval(of.putObject("fd_fall"), fall));
                judged.recallChange().ifPresent(change -> interval(of.putObject("recall_change"), change.difference()));
                of.set("accuracy", MAPPER.valueToTree(judged.accuracy()));
            });
            ObjectNode clips = out.putObject("clip_scores");
            each.clips().forEach((name, score) -> interval(clips.putObject(name), score));
        }
        AtomicFile.write(file, MAPPER.writeValueAsBytes(root));
    }

    private static void interval(ObjectNode out, Interval interval) {
        out.put("value", interval.value()).put("low", interval.low()).put("high", interval.high());
    }
}
