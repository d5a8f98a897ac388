package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The short form, with the demo model as the base, on made-up frames. */
class ReproduceCommandTest {
    private static final Path ROOT = Path.of(System.getProperty("irscale.root", "../.."));
    private static final Path DEMO = ROOT.resolve("demo");
    private static final Path JUDGES = ROOT.resolve("bench/reproduce");

    @TempDir
    Path folder;

    /** Frames with discs for cars, named as HIT-UAV's are. */
    private Path frames(String name, int nights, int days) throws IOException {
        Path data = Files.createDirectory(folder.resolve(name));
        Random random = new Random(name.hashCode());
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < nights + days; i++) {
            byte[] grey = new byte[64 * 64];
            int x = 8 + random.nextInt(48);
            int y = 8 + random.nextInt(48);
            for (int p = 0; p < grey.length; p++) {
                boolean car = Math.hypot(p % 64 - x, p / 64 - y) < 5;
                grey[p] = (byte) (car ? 230 : 60 + random.nextInt(30) + p / 64);
            }
            String file = "%d_60_50_0_%05d.png".formatted(i < nights ? 1 : 0, i);
            Png.writeGrey8(data.resolve(file), 64, 64, grey, Map.of());
            metadata.append("""
                    {"file_name": "%s", "objects": [{"category": "car", "bbox": [%d, %d, 10, 10]}]}
                    """.formatted(file, x - 5, y - 5));
        }
        Files.writeString(data.resolve("metadata.jsonl"), metadata);
        return data;
    }

    private Cli reproduce(Path data, Path validation, String target, String... more) {
        List<Object> all = new ArrayList<>(List.of(
                "reproduce",
                "--short",
                "--base",
                DEMO.resolve("pipeline"),
                "--verifier",
                DEMO.resolve("verifier"),
                "--judge",
                JUDGES.resolve("judge-vit"),
                "--judge",
                JUDGES.resolve("judge-conv"),
                "--data",
                data,
                "--validation",
                validation,
                "--target",
                target,
                "--out",
                folder.resolve("out")));
        all.addAll(List.of(more));
        return Cli.run(all.toArray());
    }

    @Test
    void runsTheWholeExperimentAndGoesOnWhereItWas() throws IOException {
        Path data = frames("train", 20, 2);
        Path validation = frames("val", 9, 1);
        Cli first = reproduce(data, validation, "time=night");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out())
                .contains("unguided", "best-of-4", "zero-order-2", "pruned-2", "steered-2", "cfg2.0-best-of-2")
                .contains("report: ");
        JsonNode json = new JsonMapper().readTree(Files.readString(folder.resolve("out/reproduce.json")));
        JsonNode best = json.path("arms").path("best-of-2");
        assertThat(best.path("forwards").asDouble()).isEqualTo(32);
        assertThat(best.path("score").asDouble())
                .isGreaterThanOrEqualTo(
                        json.path("arms").path("unguided").path("score").asDouble());
        assertThat(json.path("arms").path("pruned-2").path("forwards").asDouble())
                .isLessThanOrEqualTo(32);
        for (String judge : new String[] {"judge-vit", "judge-conv"}) {
            JsonNode judged = best.path("judges").path(judge);
            assertThat(judged.path("fd").path("value").asDouble()).isPositive();
            assertThat(judged.path("fd_fall").path("low").asDouble())
                    .isLessThanOrEqualTo(judged.path("fd_fall").path("high").asDouble());
            assertThat(judged.path("recall_change").has("value")).isTrue();
        }
        assertThat(json.path("retrieval").propertyNames()).containsExactly("untouched", "adapted", "noise-aware");
        assertThat(folder.resolve("out/report.html")).content().contains("<svg", "best-of-N", "data:image/jpeg");

        Cli again = reproduce(data, validation, "time=night");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.err()).contains("goes on after step 2").doesNotContain("s each");
        assertThat(again.out()).isEqualTo(first.out());
    }

    @Test
    void drawsAsManyImagesAndStrategiesAsAreAskedFor() throws IOException {
        Path data = frames("train", 10, 2);
        Path validation = frames("val", 7, 1);
        Cli run = reproduce(data, validation, "time=night", "--images", "5", "--strategies", "pruned");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("best-of-4", "pruned-2", "; 5 images an arm")
                .doesNotContain("steered", "zero-order");
        Cli.assertRefused(reproduce(data, validation, "time=night", "--images", "1"), "--images: 1; at least 4");
        Cli.assertRefused(
                reproduce(data, validation, "time=night", "--strategies", "pruned,svdd"),
                "--strategies: 'svdd'; one of [zero-order, pruned, steered], or none");
    }

    @Test
    void refusesTargetsThatAreNotThere() throws IOException {
        Path data = frames("train", 3, 1);
        Cli.assertRefused(reproduce(data, data, "night"), "--target night: expected ATTRIBUTE=VALUE");
        Cli.assertRefused(reproduce(data, data, "time=dusk"), "time=dusk: no image of HIT-UAV has it");
    }
}
