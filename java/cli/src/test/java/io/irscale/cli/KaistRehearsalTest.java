package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.tensor.Checkpoint;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The paper's own data set, rehearsed: a tree as KAIST's archive unpacks it, of pixels that this test draws, goes through
 * each command as somebody who has KAIST would give it.
 */
class KaistRehearsalTest {
    private static final Path ROOT = Path.of(System.getProperty("irscale.root", "../.."))
            .toAbsolutePath()
            .normalize();
    private static final Path DEMO = ROOT.resolve("demo/pipeline");
    private static final Path VERIFIER = ROOT.resolve("demo/verifier");
    private static final int WIDTH = 80;
    private static final int HEIGHT = 64;
    private static final int FRAMES = 2;

    @TempDir
    Path folder;

    private Path kaist = Path.of("");

    /** set00 to set11 with both spectra; every other frame has somebody in it. */
    @BeforeEach
    void tree() throws IOException {
        kaist = Files.createDirectories(folder.resolve("kaist"));
        Random random = new Random(11);
        for (int set = 0; set < 12; set++) {
            for (int frame = 0; frame < FRAMES; frame++) {
                String video = "set%02d/V000".formatted(set);
                String name = "I%05d".formatted(frame);
                int x = 8 + random.nextInt(WIDTH - 24);
                int y = 8 + random.nextInt(HEIGHT - 24);
                draw(kaist.resolve("images/%s/lwir/%s.jpg".formatted(video, name)), x, y, 30, random);
                draw(kaist.resolve("images/%s/visible/%s.jpg".formatted(video, name)), x, y, 150, random);
                Path annotation = kaist.resolve("annotations/%s/%s.txt".formatted(video, name));
                Files.createDirectories(annotation.resolveSibling(""));
                Files.writeString(
                        annotation,
                        "%% bbGt version=3\n%s"
                                .formatted(frame % 2 == 0 ? "person %d %d 6 12 0 0 0 0 0 0 0\n".formatted(x, y) : ""));
            }
        }
    }

    private static void draw(Path file, int x, int y, int level, Random random) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                boolean person = column >= x && column < x + 6 && row >= y && row < y + 12;
                image.getRaster().setSample(column, row, 0, person ? 230 : level + row + random.nextInt(20));
            }
        }
        ImageIO.write(image, "jpg", file.toFile());
    }

    private static void assertDone(Cli done) {
        assertThat(done.code()).as(done.err()).isZero();
    }

    @Test
    void checkTellsWhatTrainingWillSee() {
        Cli checked = Cli.run("check", kaist, "--captions");
        assertDone(checked);
        assertThat(checked.out())
                .contains("kaist: KAIST, 24 images")
                .contains("24 of 8-bit pixels; 24 of 80x64")
                .contains("12 in 24 images\n")
                .contains(
                        "set00/V000/lwir/I00000.jpg\tan infrared photo of a campus scene at day from a car, with one person")
                .contains("set11/V000/lwir/I00001.jpg\tan infrared photo of a downtown scene at night from a car")
                .doesNotContain("visible/I");
    }

    @Test
    void trainingTakesItsOwnSplit() throws IOException {
        Path lora = folder.resolve("lora");
        Object[] trainLora = {
            "train",
            "lora",
            "--model",
            DEMO,
            "--data",
            kaist,
            "--out",
            lora,
            "--steps",
            2,
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
        assertDone(Cli.run(trainLora));
        try (Checkpoint cache = Checkpoint.open(lora.resolve("training-latents.safetensors"))) {
            assertThat(cache.tensor("latents").shape().getFirst()).isEqualTo(6L * FRAMES);
            assertThat(cache.metadata().get("captions"))
                    .contains("an infrared photo of a road scene at night from a car, with one person")
                    .doesNotContain("visible");
        }
        assertThat(lora.resolve("pytorch_lora_weights.safetensors")).exists();

        Path clip = folder.resolve("clip");
        assertDone(Cli.run(
                "train",
                "clip",
                "--start",
                VERIFIER,
                "--lora-rank",
                2,
                "--vae",
                DEMO.resolve("vae"),
                "--data",
                kaist,
                "--out",
                clip,
                "--steps",
                2,
                "--batch",
                4,
                "--warmup",
                1));
        assertThat(clip.resolve("clip/model.safetensors")).exists();

        Path drawn = folder.resolve("drawn");
        assertDone(Cli.run(
                "generate",
                "--model",
                DEMO,
                "--lora",
                lora.resolve("pytorch_lora_weights.safetensors"),
                "--verifier",
                clip.resolve("clip"),
                "--prompt",
                "an infrared photo of a road scene at night from a car",
                "--candidates",
                4,
                "--steps",
                2,
                "--out",
                drawn));
        Path metrics = folder.resolve("metrics");
        assertDone(Cli.run(
                "evaluate",
                "--real",
                kaist,
                "--real-only",
                "split=test",
                "--generated",
                drawn,
                "--encoder",
                "clip=" + clip.resolve("clip"),
                "--metrics",
                "fd",
                "--draws",
                2,
                "--out",
                metrics));
        JsonNode json = new JsonMapper().readTree(Files.readString(metrics.resolve("metrics.json")));
        assertThat(json.at("/encoders/0/real_images").intValue()).isEqualTo(6 * FRAMES);
    }

    /** What KAIST knows is not what HIT-UAV does: a judge of its own. */
    private Path judge() throws IOException {
        Path judge = Files.createDirectories(folder.resolve("judge-kaist"));
        Path like = ROOT.resolve("bench/reproduce/judge-vit");
        for (String name : new String[] {"config.json", "preprocessor_config.json"}) {
            Files.copy(like.resolve(name), judge.resolve(name));
        }
        Files.writeString(judge.resolve("labels.json"), """
                {"time": ["day", "night"], "place": ["campus", "road", "downtown"], "person": ["0", "1"]}
                """);
        return judge;
    }

    @Test
    void aJudgeOfOtherDataIsRefused() {
        Cli done = Cli.run(
                "train",
                "classifier",
                "--start",
                ROOT.resolve("bench/reproduce/judge-vit"),
                "--vae",
                DEMO.resolve("vae"),
                "--data",
                kaist,
                "--steps",
                1,
                "--out",
                folder.resolve("judged"));
        assertThat(done.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(done.err().lines())
                .last()
                .asString()
                .contains("labels.json: label altitude_m is no attribute of these images, expected some of [place, ");
    }

    @Test
    void thePapersExperimentRunsOnIt() throws IOException {
        Path out = folder.resolve("out");
        Cli done = Cli.run(
                "reproduce",
                "--short",
                "--base",
                DEMO,
                "--verifier",
                VERIFIER,
                "--judge",
                judge(),
                "--data",
                kaist,
                "--target",
                "time=night",
                "--strategies",
                "none",
                "--images",
                5,
                "--out",
                out);
        assertDone(done);
        assertThat(done.out()).contains("unguided", "best-of-2", "report: ");
        assertThat(out.resolve("report.html")).isNotEmptyFile();
    }
}
