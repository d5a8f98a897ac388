package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.data.image.Scaling;
import io.irscale.decode.CountRange;
import io.irscale.report.Png;
import io.irscale.report.PngImage;
import io.irscale.tensor.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Counts of 14 bits on their way through training, drawing and evaluation, by the demo model. */
class CountsTest {
    private static final Path DEMO = Path.of(System.getProperty("irscale.root", "../.."))
            .resolve("demo/pipeline")
            .toAbsolutePath()
            .normalize();
    private static final Path VERIFIER = DEMO.resolveSibling("verifier");
    private static final Path DINOV2 = Cli.GOLDENS.resolveSibling("dinov2");
    private static final String RANGE = "7000..9120";

    @TempDir
    Path folder;

    private Path data = Path.of("");

    @BeforeEach
    void counts() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        Random random = new Random(1);
        for (int i = 0; i < 7; i++) {
            short[] counts = new short[64 * 64];
            for (int p = 0; p < counts.length; p++) {
                counts[p] = (short) (7000 + 200 * i + random.nextInt(900));
            }
            Png.writeGrey16(data.resolve(i + ".png"), 64, 64, counts, Map.of());
            Files.writeString(data.resolve(i + ".txt"), "an infrared aerial photo at night");
        }
    }

    private Cli train(String... more) {
        Object[] all = {
            "train",
            "lora",
            "--model",
            DEMO,
            "--data",
            data,
            "--validation",
            data,
            "--out",
            folder.resolve("lora"),
            "--steps",
            1,
            "--batch",
            2,
            "--rank",
            2,
            "--windows-per-frame",
            1,
            "--max-sequence-length",
            32,
            "--warmup",
            1
        };
        Object[] joined = Arrays.copyOf(all, all.length + more.length);
        System.arraycopy(more, 0, joined, all.length, more.length);
        return Cli.run(joined);
    }

    @Test
    void countsWithoutARangeTrainNothing() {
        Cli refused = train();
        Cli.assertRefused(refused, "0.png: has 16-bit counts, and 7 of 7 images in");
        assertThat(refused.err()).contains("say which are black and white by --range 7000..", "percentile:1,99");
        assertThat(folder.resolve("lora/pytorch_lora_weights.safetensors")).doesNotExist();
        Cli.assertRefused(train("--range", "9..7"), "--range");
    }

    @Test
    void theRangeGoesFromTheDataToTheModelAndIntoItsImages() throws IOException {
        Cli trained = train("--range", RANGE);
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("7 of 7 images become black to white by " + RANGE);
        Path lora = folder.resolve("lora/pytorch_lora_weights.safetensors");
        try (Checkpoint weights = Checkpoint.open(lora)) {
            assertThat(weights.metadata()).containsEntry(CountRange.KEY, RANGE);
        }
        assertThat(TrainedRange.of(lora)).contains(new Scaling.Fixed(new CountRange(7000, 9120)));
        Path named = Files.createDirectories(folder.resolve("named")).resolve("night.safetensors");
        Files.copy(lora, named);
        assertThat(TrainedRange.ofLora(folder.resolve("named"))).isEqualTo(TrainedRange.of(lora));
        Path converted = folder.resolve("converted.safetensors");
        assertThat(Cli.run("lora", "convert", lora, "--model", DEMO, "--out", converted)
                        .code())
                .isZero();
        assertThat(TrainedRange.of(converted)).isEqualTo(TrainedRange.of(lora));
        Path merged = folder.resolve("merged");
        assertThat(Cli.run("lora", "merge", "--model", DEMO, "--lora", lora, "--out", merged)
                        .code())
                .isZero();
        assertThat(TrainedRange.of(merged.resolve("transformer"))).isEqualTo(TrainedRange.of(lora));

        Path out = folder.resolve("out");
        Cli drawn = Cli.run(
                "generate",
                "--model",
                DEMO,
                "--lora",
                lora,
                "--prompt",
                "a car",
                "--steps",
                2,
                "--candidates",
                7,
                "--format",
                "grey16",
                "--out",
                out);
        assertThat(drawn.code()).as(drawn.err()).isZero();
        PngImage image = PngImage.read(out.resolve("000-seed0.png"));
        assertThat(image.texts()).containsEntry(CountRange.KEY, RANGE).containsEntry("range", RANGE);
        assertThat(Arrays.stream(image.samples())).allMatch(sample -> sample >= 7000 && sample <= 9120);
        JsonNode run = new JsonMapper().readTree(Files.readString(out.resolve("run.json")));
        assertThat(run.at("/options/range").stringValue()).isEqualTo(RANGE);

        Object[] evaluate = {
            "evaluate",
            "--real",
            data,
            "--generated",
            out,
            "--encoder",
            "dinov2=" + DINOV2,
            "--metrics",
            "fd",
            "--draws",
            2,
            "--out",
            folder.resolve("metrics"),
            "--overwrite"
        };
        Cli.assertRefused(Cli.run(evaluate), "has 16-bit counts");
        Object[] ranged = Arrays.copyOf(evaluate, evaluate.length + 2);
        ranged[evaluate.length] = "--range";
        ranged[evaluate.length + 1] = RANGE;
        Cli measured = Cli.run(ranged);
        assertThat(measured.code()).as(measured.err()).isZero();
        JsonNode metrics = new JsonMapper().readTree(Files.readString(folder.resolve("metrics/metrics.json")));
        assertThat(metrics.path("range").stringValue()).isEqualTo(RANGE);

        Path clip = folder.resolve("clip");
        Cli adapted = Cli.run(
                "train",
                "clip",
                "--start",
                VERIFIER,
                "--lora-rank",
                1,
                "--vae",
                DEMO.resolve("vae"),
                "--data",
                data,
                "--validation",
                data,
                "--range",
                "7000..9500",
                "--steps",
                1,
                "--batch",
                2,
                "--warmup",
                1,
                "--out",
                clip);
        assertThat(adapted.code()).as(adapted.err()).isZero();
        Cli other = Cli.run(
                "generate",
                "--model",
                DEMO,
                "--lora",
                lora,
                "--verifier",
                clip.resolve("clip"),
                "--prompt",
                "a car",
                "--steps",
                2,
                "--out",
                folder.resolve("other"));
        assertThat(other.err())
                .contains("clip was trained on images of counts 7000..9500, and these are of 7000..9120");
        ranged[6] = "clip=" + clip.resolve("clip");
        assertThat(Cli.run(ranged).err()).contains("warning: ", "trained on images of counts 7000..9500");
    }

    @Test
    void aChosenRangeIsWrittenAndAFloatsOneIsSaid() {
        for (String range : new String[] {"100..1100", "280.5..320"}) {
            Path out = folder.resolve(range);
            Cli drawn = Cli.run(
                    "generate",
                    "--model",
                    DEMO,
                    "--prompt",
                    "a car",
                    "--steps",
                    2,
                    "--format",
                    "grey16",
                    "--range",
                    range,
                    "--out",
                    out);
            assertThat(drawn.code()).as(drawn.err()).isZero();
            PngImage image = PngImage.read(out.resolve("000-seed0.png"));
            boolean counts = range.startsWith("100");
            assertThat(image.texts())
                    .containsEntry("range", range)
                    .containsEntry(CountRange.KEY, counts ? range : "0..65535");
            assertThat(Arrays.stream(image.samples()).max().orElseThrow() <= 1100)
                    .isEqualTo(counts);
        }
    }
}
