package io.irscale.cli.reproduce;

import io.irscale.cli.IntervalJson;
import io.irscale.cli.Version;
import io.irscale.evaluate.Bootstrap;
import io.irscale.file.AtomicFile;
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
                IntervalJson.put(of.putObject("fd"), judged.fd());
                IntervalJson.put(of.putObject("kid"), judged.kid());
                IntervalJson.put(of.putObject("precision"), judged.precision());
                IntervalJson.put(of.putObject("recall"), judged.recall());
                judged.fdChange()
                        .flatMap(Bootstrap.Change::fall)
                        .ifPresent(fall -> IntervalJson.put(of.putObject("fd_fall"), fall));
                judged.recallChange()
                        .ifPresent(change -> IntervalJson.put(of.putObject("recall_change"), change.difference()));
                of.set("accuracy", MAPPER.valueToTree(judged.accuracy()));
            });
            ObjectNode clips = out.putObject("clip_scores");
            each.clips().forEach((name, score) -> IntervalJson.put(clips.putObject(name), score));
        }
        AtomicFile.write(file, MAPPER.writeValueAsBytes(root));
    }
}
