package io.irscale.cli;

import static io.irscale.cli.Cli.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Frames that the test draws, by the small CLIP and DINOv2 of random weights. */
final class EvaluateCommandTest {
    private static final Path DINOV2 = Cli.GOLDENS.resolveSibling("dinov2");
    private static final int FRAMES = 8;
    private static final int DARK = 60;
    private static final int BRIGHT = 200;

    @TempDir
    private Path folder = Path.of("");

    private Path out = Path.of("");

    @BeforeEach
    void frames() throws IOException {
        out = folder.resolve("out");
        GreyFrames.draw(folder.resolve("real"), FRAMES + 2, DARK, 1);
        GreyFrames.draw(folder.resolve("far"), FRAMES, BRIGHT, 2);
        GreyFrames.draw(folder.resolve("near"), FRAMES, DARK, 3);
        captions("far");
        captions("near");
    }

    private void captions(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            files.map(file -> file.getFileName().toString())
                    .sorted()
                    .forEach(file -> lines.add("""
                    {"file_name": "%s", "text": "an infrared image of car %s"}""".formatted(file, file.replace(".png", ""))));
        }
        Files.write(folder.resolve(name).resolve("metadata.jsonl"), lines);
    }

    private Cli evaluate(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("evaluate", "--out", out, "--draws", 20));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray());
    }

    private String arm(String name) {
        return name + "=" + folder.resolve(name);
    }

    private JsonNode metrics() throws IOException {
        return new JsonMapper().readTree(Files.readAllBytes(out.resolve("metrics.json")));
    }

    private static double value(JsonNode row, String arm) {
        return row.path("arms").path(arm).required("value").doubleValue();
    }

    @Test
    void aSiglipScoresAndComparesWithItsOwnTokenizer() throws IOException {
        Cli done = evaluate(
                "--real",
                folder.resolve("real"),
                "--generated",
                arm("far"),
                "--encoder",
                "clip=" + Cli.SIGLIP,
                "--metrics",
                "cmmd",
                "--clip",
                "other=" + Cli.SIGLIP);
        assertThat(done.complaints()).isEmpty();
        JsonNode metrics = metrics();
        assertThat(metrics.toString())
                .contains("8 bits, bicubic to 20 x 20, no crop, mean [0.5, 0.5, 0.5], std [0.5, 0.5, 0.5]");
        assertThat(value(metrics.required("clip_scores").get(0), "far")).isBetween(0.0, 1.0);
    }

    @Test
    void nearerImagesAreNearerByEveryDistance() throws IOException {
        Path tokenizers = Cli.tokenizers();
        Cli done = evaluate(
                "--real",
                folder.resolve("real"),
                "--generated",
                arm("far"),
                "--generated",
                arm("near"),
                "--generated",
                arm("real"),
                "--compare",
                "far,near",
                "--encoder",
                "clip=" + Cli.CLIP,
                "--encoder",
                "dinov2=" + DINOV2,
                "--clip",
                "untouched=" + Cli.CLIP,
                "--tokenizers",
                tokenizers);

        assertThat(done.complaints()).isEmpty();
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(done.out()).contains("far to near, paired", "CMMD", "recall", "CLIP score", "8 images an arm");
        JsonNode root = metrics();
        assertThat(root.path("compared").required("paired").booleanValue()).isTrue();
        assertThat(root.path("generated").get(2).required("found").intValue()).isEqualTo(FRAMES + 2);
        assertThat(root.path("generated").get(2).required("images").intValue()).isEqualTo(FRAMES);
        JsonNode clip = root.path("encoders").get(0).path("metrics");
        assertThat(clip.propertyNames())
                .containsExactlyInAnyOrder("fd", "kid", "precision", "recall", "density", "coverage", "cmmd");
        for (JsonNode encoder : root.path("encoders")) {
            for (String metric : List.of("fd", "kid")) {
                JsonNode row = encoder.path("metrics").path(metric);
                assertThat(value(row, "near")).as(metric).isLessThan(value(row, "far"));
                assertThat(row.path("difference").required("value").doubleValue())
                        .isCloseTo(value(row, "near") - value(row, "far"), within(1e-9));
            }
        }
        assertThat(root.path("encoders").get(1).path("metrics").has("cmmd")).isFalse();
        assertThat(value(clip.path("precision"), "near")).isBetween(0.0, 1.0);
        assertThat(root.path("clip_scores").get(0).path("arms").propertyNames()).containsExactly("far", "near");
        JsonNode score = root.path("clip_scores").get(0).path("arms").path("near");
        assertThat(score.required("low").doubleValue())
                .isLessThanOrEqualTo(score.required("high").doubleValue());
    }

    @Test
    void theSameImagesAreAtNoDistanceAndStatisticsServeAgain() throws IOException {
        Path cache = folder.resolve("cache");
        Object[] first = {
            "--real",
            folder.resolve("real"),
            "--generated",
            "same=" + folder.resolve("real"),
            "--encoder",
            "dinov2=" + DINOV2,
            "--cache",
            cache
        };
        assertThat(evaluate(first).code()).isEqualTo(ExitCode.OK);
        JsonNode made = metrics().path("encoders").get(0);
        assertThat(value(made.path("metrics").path("fd"), "same")).isCloseTo(0, within(1e-3));
        assertThat(value(made.path("metrics").path("coverage"), "same")).isEqualTo(1);
        assertThat(made.required("real_from_statistics").booleanValue()).isFalse();

        assertRefused(evaluate(first), "metrics.json");
        Path statistics;
        try (Stream<Path> files = Files.list(cache)) {
            statistics = files.findFirst().orElseThrow();
        }
        for (Path real : List.of(folder.resolve("real"), statistics)) {
            Cli again = evaluate(
                    "--overwrite",
                    "--real",
                    real,
                    "--generated",
                    "same=" + folder.resolve("real"),
                    "--encoder",
                    "dinov2=" + DINOV2,
                    "--cache",
                    cache);
            assertThat(again.complaints()).isEmpty();
            JsonNode kept = metrics().path("encoders").get(0);
            assertThat(kept.required("real_from_statistics").booleanValue()).isTrue();
            assertThat(kept.path("metrics")).isEqualTo(made.path("metrics"));
        }
    }

    @Test
    void badInputIsOneLineAndNothingIsWritten() throws IOException {
        Path real = folder.resolve("real");
        String dinov2 = "dinov2=" + DINOV2;
        String near = arm("near");
        assertRefused(evaluate("--real", real, "--generated", near), "add --encoder");
        assertRefused(
                evaluate("--real", folder.resolve("none"), "--generated", near, "--encoder", dinov2),
                "none: is not there; expected a data set");
        assertRefused(
                evaluate("--real", real, "--generated", folder.resolve("none"), "--encoder", dinov2),
                "none: is not there");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--encoder", "vgg=" + DINOV2), "expected classifier=");
        assertRefused(evaluate("--real", real, "--generated", near, "--encoder", "clip=" + DINOV2), "no tokenizer");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--generated", near, "--encoder", dinov2), "taken twice");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--compare", "near,other", "--encoder", dinov2),
                "no such arm");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--compare", "near,near", "--encoder", dinov2),
                "two different arms");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--count", FRAMES + 1, "--encoder", dinov2), "--count 9");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--count", 5, "--encoder", dinov2),
                "expected at least 6");
        assertRefused(evaluate("--real", real, "--generated", near, "--count", 0, "--encoder", dinov2), "--count 0");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--real-count", 99, "--encoder", dinov2),
                "expected 1 to");
        assertRefused(
                evaluate("--real", real, "--generated", near, "--metrics", "ssim", "--encoder", dinov2),
                "--metrics ssim");
        assertRefused(evaluate("--real", real, "--generated", near + "#svdd", "--encoder", dinov2), "needs a run.json");
        Files.writeString(folder.resolve("near").resolve("2.png"), "no image");
        assertRefused(evaluate("--real", real, "--generated", near, "--encoder", dinov2), "2.png");
        assertThat(out.resolve("metrics.json")).doesNotExist();
    }
}
