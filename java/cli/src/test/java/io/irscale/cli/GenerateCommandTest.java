package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.report.PngImage;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images and reports of the golden pipeline, from its prompts and seeds alone. */
final class GenerateCommandTest {
    private static final JsonNode MANIFEST =
            new JsonMapper().readTree(Cli.GOLDENS.resolve("manifest.json").toFile());

    @TempDir
    private static Path golden = Path.of("");

    private static Cli done = new Cli(-1, "", "");

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void drawTheGoldenPrompts() throws IOException {
        done = goldenPrompts(golden.resolve("out"));
    }

    @Test
    void goldenImagesComeBackWithEverythingAroundThem() throws IOException {
        assertThat(done.complaints()).isEmpty();
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(done.out()).contains("000-seed", "001-seed", "best of 2, score", "images/s");
        assertThat(names(golden.resolve("out")))
                .containsExactlyInAnyOrder(
                        "000-seed11.png",
                        "000-seed12.png",
                        "000-contact-sheet.png",
                        "001-seed11.png",
                        "001-seed12.png",
                        "001-contact-sheet.png",
                        "run.json");
        assertGolden("run-fp32.safetensors", 0, golden.resolve("out/000-seed11.png"));
        assertGolden("run-fp32.safetensors", 1, golden.resolve("out/001-seed12.png"));
    }

    @Test
    void sameCommandGivesTheSameBytes() throws IOException {
        goldenPrompts(folder.resolve("again"));
        List<String> images = names(golden.resolve("out")).stream()
                .filter(name -> name.endsWith(".png"))
                .toList();
        assertThat(images)
                .hasSize(6)
                .allSatisfy(name -> assertThat(folder.resolve("again").resolve(name))
                        .hasSameBinaryContentAs(golden.resolve("out").resolve(name)));
    }

    @Test
    void imagesCarryTheirSettings() {
        assertThat(PngImage.read(golden.resolve("out/001-seed12.png")).texts())
                .containsEntry("prompt", prompt(1))
                .containsEntry("seed", "12")
                .containsEntry("steps", "4")
                .containsEntry("guidance", "3.5")
                .containsEntry("true_cfg", "1.0")
                .containsEntry("height", "96")
                .containsEntry("width", "64")
                .containsEntry("max_sequence_length", "64")
                .containsEntry("dtype", "fp32")
                .containsEntry("model", "pipeline")
                .containsEntry("irscale", Version.text())
                .containsEntry("ai_generated", "true")
                .containsEntry("units", "relative")
                .containsKey("score")
                .doesNotContainKey("negative");
        assertThat(PngImage.read(golden.resolve("out/001-contact-sheet.png")).texts())
                .containsEntry("prompt", prompt(1))
                .containsEntry("ai_generated", "true");
    }

    @Test
    void reportTellsEveryCandidateAndItsCost() {
        JsonNode run = new JsonMapper().readTree(golden.resolve("out/run.json").toFile());
        assertThat(run.at("/irscale").asString()).isEqualTo(Version.text());
        assertThat(run.at("/libtorch").asString()).matches("2\\.\\d+\\.\\d+");
        assertThat(run.at("/device").asString()).isEqualTo("cpu");
        assertThat(run.at("/dtype").asString()).isEqualTo("fp32");
        assertThat(run.at("/load_ms").asDouble()).isPositive();
        assertThat(run.at("/options/model").asString()).isEqualTo(Cli.PIPELINE.toString());
        assertThat(run.at("/options/steps").asInt()).isEqualTo(4);
        assertThat(run.at("/prompts").size()).isEqualTo(2);
        for (JsonNode prompt : run.at("/prompts")) {
            assertThat(prompt.at("/ledger").toString())
                    .isEqualTo("{\"text_encodings\":1,\"plans\":1,\"forwards\":8,\"batches\":4,\"gradients\":0,"
                            + "\"previews\":0,\"decodes\":2,\"verifier_calls\":2}");
            assertThat(prompt.at("/total_ms").asDouble())
                    .isGreaterThan(prompt.at("/text_ms").asDouble());
            JsonNode best = prompt.at("/candidates/0");
            JsonNode second = prompt.at("/candidates/1");
            assertThat(best.at("/score").asDouble())
                    .isGreaterThan(second.at("/score").asDouble());
            for (JsonNode candidate : prompt.at("/candidates")) {
                Path file = golden.resolve("out").resolve(candidate.at("/file").asString());
                assertThat(PngImage.read(file).texts().get("score"))
                        .isEqualTo(candidate.at("/score").asString());
                assertThat(candidate.at("/scores/clip")).isEqualTo(candidate.at("/score"));
                assertThat(candidate.at("/seed").asInt() - 11)
                        .isEqualTo(candidate.at("/id").asInt());
                assertThat(candidate.at("/forwards").asInt()).isEqualTo(4);
                assertThat(candidate.at("/denoise_ms").asDouble()).isPositive();
                assertThat(candidate.at("/decode_ms").asDouble()).isPositive();
                assertThat(candidate.at("/verify_ms").asDouble()).isPositive();
            }
            assertThat(best.at("/rank").asInt()).isEqualTo(1);
            assertThat(second.at("/rank").asInt()).isEqualTo(2);
        }
    }

    @Test
    void trueCfgMatchesTheGoldenAndCostsTwice() {
        JsonNode settings = MANIFEST.at("/runs/fp32-cfg");
        Cli result = Cli.run(generate(
                folder.resolve("out"),
                "--prompt",
                prompt(0),
                "--seed",
                11,
                "--steps",
                settings.at("/steps").asInt(),
                "--height",
                settings.at("/height").asInt(),
                "--width",
                settings.at("/width").asInt(),
                "--true-cfg",
                settings.at("/true_cfg_scale").asDouble(),
                "--negative",
                settings.at("/negative_prompts/0").asString()));
        assertThat(result.complaints()).isEmpty();
        assertGolden("run-fp32-cfg.safetensors", 0, folder.resolve("out/000-seed11.png"));
        assertThat(PngImage.read(folder.resolve("out/000-seed11.png")).texts())
                .containsEntry("negative", "blurry, low contrast")
                .doesNotContainKey("score");
        JsonNode run = new JsonMapper().readTree(folder.resolve("out/run.json").toFile());
        assertThat(run.at("/prompts/0/ledger/forwards").asInt()).isEqualTo(6);
        assertThat(run.at("/prompts/0/candidates/0/score").isNull()).isTrue();
        assertThat(folder.resolve("out/contact-sheet.png")).exists();
    }

    @Test
    void severalVerifiersAreToldApart() {
        Cli result = Cli.run(generate(
                folder.resolve("out"),
                "--prompt",
                "a",
                "--steps",
                1,
                "--verifier",
                "ir=" + Cli.CLIP,
                "--weight",
                "ir=2",
                "--held-out",
                Cli.OPEN_CLIP));
        assertThat(result.complaints()).isEmpty();
        JsonNode candidate = new JsonMapper()
                .readTree(folder.resolve("out/run.json").toFile())
                .at("/prompts/0/candidates/0");
        assertThat(candidate.at("/scores").propertyNames()).containsExactly("ir", "open_clip");
        assertThat(candidate.at("/score").asDouble())
                .isCloseTo(2 * candidate.at("/scores/ir").asDouble(), within(1e-6));
        assertThat(PngImage.read(folder.resolve("out/000-seed0.png")).texts().get("scores"))
                .isEqualTo("ir %s, open_clip %s"
                        .formatted(
                                candidate.at("/scores/ir").asString(),
                                candidate.at("/scores/open_clip").asString()));
    }

    @Test
    void anAestheticHeadIsOptimisedAndASiglipHeldOut() {
        Path head = Cli.SIGLIP.resolveSibling("head-improved.pth");
        Cli result = Cli.run(generate(
                folder.resolve("out"),
                "--prompt",
                "a car",
                "--steps",
                1,
                "--verifier",
                Cli.CLIP,
                "--verifier",
                Cli.CLIP + "#" + head,
                "--held-out",
                "other=" + Cli.SIGLIP));
        assertThat(result.complaints()).isEmpty();
        JsonNode run = new JsonMapper().readTree(folder.resolve("out/run.json").toFile());
        JsonNode candidate = run.at("/prompts/0/candidates/0");
        assertThat(candidate.at("/scores").propertyNames()).containsExactly("clip", "head-improved", "other");
        assertThat(candidate.at("/score").asDouble())
                .isCloseTo(
                        candidate.at("/scores/clip").asDouble()
                                + candidate.at("/scores/head-improved").asDouble(),
                        within(1e-6));
        assertThat(candidate.at("/scores/other").asDouble()).isBetween(0.0, 1.0);
        assertThat(run.toString()).contains("\"source\":\"" + Cli.CLIP + "#" + head + "\"");
    }

    @Test
    void seedsOfTheUpperHalfAndNegativeOnesAreDrawnAndToldAsTorchDoes() throws IOException {
        Path upper = folder.resolve("upper");
        Cli result = Cli.run(generate(
                upper,
                "--prompt",
                "a",
                "--steps",
                1,
                "--seed",
                "9223372036854775808",
                "--candidates",
                1,
                "--deterministic"));
        assertThat(result.complaints()).isEmpty();
        assertThat(names(upper)).contains("000-seed9223372036854775808.png");
        assertThat(PngImage.read(upper.resolve("000-seed9223372036854775808.png"))
                        .texts())
                .containsEntry("seed", "9223372036854775808");
        JsonNode run = new JsonMapper().readTree(upper.resolve("run.json").toFile());
        assertThat(run.at("/options/seed").asString()).isEqualTo("9223372036854775808");
        assertThat(run.at("/prompts/0/candidates/0/seed").asString()).isEqualTo("9223372036854775808");

        Path last = folder.resolve("last");
        assertThat(Cli.run(generate(
                                last,
                                "--prompt",
                                "a",
                                "--steps",
                                1,
                                "--seed",
                                -1,
                                "--candidates",
                                2,
                                "--deterministic"))
                        .complaints())
                .isEmpty();
        assertThat(names(last)).contains("000-seed18446744073709551615.png", "000-seed0.png");
        // The generator takes the low 32 bits: those of 2^63 are those of 0.
        assertThat(PngImage.read(last.resolve("000-seed0.png")).samples())
                .isEqualTo(PngImage.read(upper.resolve("000-seed9223372036854775808.png"))
                        .samples());
    }

    @Test
    void grey16KeepsSixteenBits() {
        Cli result = Cli.run(generate(folder.resolve("out"), "--prompt", "a", "--steps", 1, "--format", "grey16"));
        assertThat(result.complaints()).isEmpty();
        PngImage image = PngImage.read(folder.resolve("out/000-seed0.png"));
        assertThat(image.channels()).isEqualTo(1);
        assertThat(image.bitDepth()).isEqualTo(16);
        assertThat(Arrays.stream(image.samples())).anyMatch(sample -> sample % 257 != 0);
    }

    @Test
    void aPromptTooLongForClipIsOneWarningThatNamesWhatIsCut() {
        String prompt = "a thermal image ".repeat(30) + "with a fox";
        Cli result = Cli.run(
                generate(folder.resolve("out"), "--prompt", prompt, "--steps", 1, "--max-sequence-length", 512));
        assertThat(result.code()).isEqualTo(ExitCode.OK);
        assertThat(result.complaints()).singleElement().asString().contains("CLIP", "with a fox");
    }

    @Test
    void overwriteReplacesAndKeepsStrangersFiles() throws IOException {
        Files.createDirectories(folder.resolve("out"));
        Files.writeString(folder.resolve("out/run.json"), "old");
        Files.writeString(folder.resolve("out/notes.txt"), "mine");
        Cli result = Cli.run(generate(folder.resolve("out"), "--prompt", "a", "--steps", 1, "--overwrite"));
        assertThat(result.code()).isEqualTo(ExitCode.OK);
        assertThat(folder.resolve("out/run.json")).content().startsWith("{");
        assertThat(folder.resolve("out/notes.txt")).hasContent("mine");
    }

    @Test
    void interruptedRunEndsWithOneLineAndLeavesNoEmptyFolder() {
        Interruption interruption = Interruption.never();
        interruption.ask();
        Cli result = Cli.run(interruption, generate(folder.resolve("out"), "--prompt", "a", "--steps", 1));
        assertThat(result.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(result.complaints()).singleElement().asString().startsWith("irscale: interrupted");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private static Cli goldenPrompts(Path out) throws IOException {
        Path file = golden.resolve("prompts.txt");
        Files.writeString(file, "# the golden prompts\n\n" + prompt(0) + "\r\n  " + prompt(1) + "\n");
        return Cli.run(generate(
                out, "--prompts", file, "--verifier", Cli.CLIP, "--candidates", 2, "--seed", 11, "--steps", 4));
    }

    /** {@code more} may give a size of its own. */
    private static Object[] generate(Path out, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("generate", "--model", Cli.PIPELINE));
        arguments.addAll(List.of("--tokenizers", Cli.tokenizers(), "--out", out));
        List<Object> given = List.of(more);
        arguments.addAll(given);
        if (!given.contains("--height")) {
            arguments.addAll(List.of("--height", 96, "--width", 64));
        }
        if (!given.contains("--max-sequence-length")) {
            arguments.addAll(List.of("--max-sequence-length", 64));
        }
        return arguments.toArray();
    }

    private static void assertGolden(String file, int index, Path png) {
        PngImage image = PngImage.read(png);
        int[] samples = image.samples();
        try (Checkpoint checkpoint = Checkpoint.open(Cli.GOLDENS.resolve(file))) {
            StoredTensor golden = checkpoint.tensor("image_u8").rows(index, index + 1);
            assertThat(golden.data().byteSize()).isEqualTo(samples.length);
            int largest = 0;
            for (int i = 0; i < samples.length; i++) {
                int expected = golden.data().get(ValueLayout.JAVA_BYTE, i) & 0xFF;
                largest = Math.max(largest, Math.abs(samples[i] - expected));
            }
            assertThat(largest).as("largest difference of %s", png).isLessThanOrEqualTo(1);
        }
    }

    private static List<String> names(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String prompt(int index) {
        return MANIFEST.at("/prompts/" + index).asString();
    }
}
