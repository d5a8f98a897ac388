package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model in the repository: what it draws by default, and a LoRA trained for it. */
class DemoModelTest {
    private static final Path DEMO = Path.of(System.getProperty("irscale.root", "../.."))
            .resolve("demo")
            .toAbsolutePath()
            .normalize();
    private static final Path PIPELINE = DEMO.resolve("pipeline");
    private static final long MOST_BYTES = 25L << 20;
    private static final String PROMPT =
            "an infrared aerial photo at night from 60 m looking at 50 degrees, with one car";

    @TempDir
    Path folder;

    @Test
    void fitsIntoTheRepository() throws IOException {
        try (Stream<Path> files = Files.walk(DEMO)) {
            assertThat(files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum())
                    .isLessThan(MOST_BYTES);
        }
    }

    @Test
    void drawsAndScoresWithoutASetting() {
        Cli done = Cli.run(
                "generate", "--model", PIPELINE, "--prompt", PROMPT, "--candidates", 2, "--out", folder.resolve("out"));
        assertThat(done.err()).doesNotContain("error");
        assertThat(done.code()).isZero();
        assertThat(done.out()).contains("best of 2, score ");
        assertThat(folder.resolve("out/run.json"))
                .content()
                .contains("\"steps\" : 16")
                .contains("\"height\" : 64");
    }

    @Test
    void aTrainedLoraIsReadAndChangesTheImage() throws IOException {
        Path data = frames();
        Path run = folder.resolve("run");
        Cli trained = train(data, data, run, "--rank", 2, "--steps", 2, "--lr", 0.01);
        assertThat(trained.code()).as(trained.err()).isZero();
        Path lora = run.resolve("pytorch_lora_weights.safetensors");
        assertThat(Cli.run("lora", "inspect", lora, "--model", PIPELINE).out()).contains("diffusers");
        byte[] without = drawn("without");
        byte[] with = drawn("with", "--lora", lora, "--strict");
        assertThat(with).isNotEqualTo(without);
        assertThat(run.resolve("log.jsonl")).content().contains("\"validation\"");
        Cli other = train(data, data, run, "--rank", 4, "--steps", 2, "--lr", 0.01);
        Cli.assertRefused(other, "choose another folder");
    }

    @Test
    void badTrainingDataIsNamed() throws IOException {
        Path data = frames();
        Cli.assertRefused(train(folder.resolve("none"), data), "none: is not there");
        Files.createDirectory(folder.resolve("empty"));
        Cli.assertRefused(train(folder.resolve("empty"), data), "empty: holds no ");
        Files.writeString(data.resolve("broken.png"), "no image");
        assertEndsWith(train(data, data), "broken.png: is not a PNG, JPEG, TIFF or BMP image");
        Files.delete(data.resolve("broken.png"));
        Png.writeGrey8(data.resolve("without.png"), 64, 64, new byte[64 * 64], Map.of());
        assertEndsWith(train(data, data), "without.png: has no caption");
        Png.writeGrey8(data.resolve("without.png"), 32, 64, new byte[32 * 64], Map.of());
        assertEndsWith(train(data, data), "without.png: Window");
    }

    // After a note on the image that has no caption.
    private static void assertEndsWith(Cli done, String message) {
        assertThat(done.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(done.err().lines()).last().asString().contains(message);
    }

    private Cli train(Path data, Path validation) {
        return train(data, validation, folder.resolve("bad"), "--steps", 1);
    }

    private static Cli train(Path data, Path validation, Path out, Object... more) {
        Stream<Object> settings = Stream.of(
                "train",
                "lora",
                "--model",
                PIPELINE,
                "--data",
                data,
                "--validation",
                validation,
                "--out",
                out,
                "--batch",
                2,
                "--windows-per-frame",
                1,
                "--max-sequence-length",
                32,
                "--warmup",
                0,
                "--ema",
                0,
                "--dtype",
                "fp32");
        return Cli.run(Stream.concat(settings, Stream.of(more)).toArray());
    }

    private Path frames() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            byte[] grey = new byte[64 * 64];
            for (int p = 0; p < grey.length; p++) {
                grey[p] = (byte) (p % 64 * (i + 1));
            }
            Png.writeGrey8(data.resolve(i + ".png"), 64, 64, grey, Map.of());
            metadata.append("{\"file_name\": \"%d.png\", \"text\": \"%s\"}\n".formatted(i, PROMPT));
        }
        Files.writeString(data.resolve("metadata.jsonl"), metadata);
        return data;
    }

    private byte[] drawn(String name, Object... more) throws IOException {
        Object[] arguments = Stream.concat(
                        Stream.of(
                                "generate",
                                "--model",
                                PIPELINE,
                                "--prompt",
                                PROMPT,
                                "--steps",
                                2,
                                "--out",
                                folder.resolve(name)),
                        Stream.of(more))
                .toArray();
        Cli done = Cli.run(arguments);
        assertThat(done.code()).as(done.err()).isZero();
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return Files.readAllBytes(files.filter(file -> file.toString().endsWith(".png"))
                    .filter(file -> !file.toString().contains("sheet"))
                    .sorted()
                    .findFirst()
                    .orElseThrow());
        }
    }
}
