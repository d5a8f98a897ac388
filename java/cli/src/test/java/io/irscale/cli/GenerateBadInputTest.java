package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong: exit code 2, one line that names the thing and the limit, and nothing written. */
final class GenerateBadInputTest {
    @TempDir
    private Path folder;

    private Path out = Path.of("");

    @BeforeEach
    void makeTokenizerFolders() throws IOException {
        out = folder.resolve("new/out");
        // Found, but read only after the text encoders' weights, at which every case here ends.
        Files.createDirectories(folder.resolve("tokenizers/clip_l"));
        Files.createDirectories(folder.resolve("tokenizers/t5"));
    }

    static Stream<Arguments> options() {
        return Stream.of(
                options("odd height", "height is 97, expected a multiple of 16 from 16 to 8192", "--height", 97),
                options("odd width", "width is 60, expected a multiple of 16 from 16 to 8192", "--width", 60),
                options("no height", "height is 0, expected", "--height", 0),
                options("huge width", "width is 16384, expected a multiple of 16 from 16 to 8192", "--width", 16384),
                options("no steps", "steps is 0, expected 1 to 1000", "--steps", 0),
                options("a million steps", "steps is 1000000, expected 1 to 1000", "--steps", 1_000_000),
                options("steps in words", "'--steps': 'ten'", "--steps", "ten"),
                options("NaN guidance", "guidance is NaN, expected 0 to 100", "--guidance", "NaN"),
                options("infinite guidance", "guidance is Infinity, expected 0 to 100", "--guidance", "Infinity"),
                options("NaN true cfg", "true cfg is NaN, expected 1 to 100", "--true-cfg", "NaN"),
                options(
                        "seed beyond 64 bits",
                        "seed is '18446744073709551616', expected a whole number from -2^63 to 2^64 - 1",
                        "--seed",
                        "18446744073709551616"),
                options("seed in hexadecimal", "seed is '0x10', expected a whole number from -2^63", "--seed", "0x10"),
                options("no candidates", "candidates is 0, expected 1 to 65536", "--candidates", 0),
                options("no batch", "batch is 0, expected 1 to 65536", "--batch", 0),
                options("no tokens", "max sequence length is 0, expected 1 to 512", "--max-sequence-length", 0),
                options("many tokens", "max sequence length is 513, expected 1 to 512", "--max-sequence-length", 513),
                options(
                        "unknown device",
                        "'--device': device is 'tpu', expected cpu, cuda or cuda:N",
                        "--device",
                        "tpu"),
                options(
                        "unknown kernel",
                        "'--without-kernel' (KERNEL): kernel is 'gemm', expected one of [layer_norm_modulate, gated_residual",
                        "--without-kernel",
                        "gemm"),
                options("unknown dtype", "'--dtype': dtype is 'fp8', expected fp32 or bf16", "--dtype", "fp8"),
                options("unknown format", "'--format': format is 'jpg', expected rgb8, grey8", "--format", "jpg"),
                options("idle negative prompt", "--negative has no effect with --true-cfg 1.0", "--negative", "blur"),
                options("unknown option", "Unknown option: '--sigma'", "--sigma"),
                options("two sources of prompts", "--prompts", "--prompts", "file.txt"),
                options("missing VAE", "--vae missing.safetensors: is not there", "--vae", "missing.safetensors"));
    }

    private static Arguments options(String name, String message, Object... options) {
        return argumentSet(name, message, List.of(options));
    }

    @ParameterizedTest
    @MethodSource("options")
    void optionsOutOfRange(String message, List<Object> options) {
        List<Object> all = new ArrayList<>(List.of("--prompt", "a road", "--model", Cli.PIPELINE));
        all.addAll(options);
        assertRefused(message, all.toArray());
    }

    @Test
    void prompts() throws IOException {
        assertRefused("prompt is empty, expected 1 to 10000", "--model", Cli.PIPELINE, "--prompt", "");
        assertRefused("prompt is empty, expected 1 to 10000", "--model", Cli.PIPELINE, "--prompt", " \t");
        assertRefused(
                "prompt has 100000 characters, expected at most 10000",
                "--model",
                Cli.PIPELINE,
                "--prompt",
                "a".repeat(100_000));
        assertRefused("neither --prompt TEXT nor --prompts FILE", "--model", Cli.PIPELINE);
        Path file = folder.resolve("prompts.txt");
        assertRefused("prompts.txt: is not a file", "--model", Cli.PIPELINE, "--prompts", file);
        Files.writeString(file, "\n# nothing\n");
        assertRefused("prompts.txt: holds no prompt", "--model", Cli.PIPELINE, "--prompts", file);
        Files.writeString(file, "fine\n\n" + "a".repeat(10_001));
        assertRefused(
                "prompts.txt, line 3: prompt has 10001 characters, expected at most 10000",
                "--model",
                Cli.PIPELINE,
                "--prompts",
                file);
        Files.write(file, new byte[] {'a', (byte) 0xFF});
        assertRefused("prompts.txt: is not UTF-8", "--model", Cli.PIPELINE, "--prompts", file);
    }

    @Test
    void folders() {
        assertRefused(
                "--model DIR is missing, and the system property irscale.demo names no demo model", "--prompt", "a");
        assertRefused("no-model: is not there", "--prompt", "a", "--model", folder.resolve("no-model"));
        Cli noTokenizers = Cli.run(
                "generate", "--prompt", "a", "--model", Cli.PIPELINE, "--out", out, "--height", 64, "--width", 64);
        Cli.assertRefused(noTokenizers, "holds no CLIP tokenizer");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    interface Breakage {
        void apply(BrokenPipeline pipeline) throws IOException;
    }

    static Stream<Arguments> breakages() {
        return Stream.of(
                breakage("missing shard", BrokenPipeline::missingShard, "model-00002-of-00002.safetensors"),
                breakage("truncated file", BrokenPipeline::truncated, "text_encoder/model.safetensors"),
                breakage("wrong shape", BrokenPipeline::wrongShape, "final_layer_norm.weight"),
                breakage("missing tensor", BrokenPipeline::missingTensor, "final_layer_norm.weight"),
                breakage("NaN", BrokenPipeline::nan, "final_layer_norm.weight"),
                breakage("pickle", BrokenPipeline::pickle, "pytorch_model.bin"));
    }

    private static Arguments breakage(String name, Breakage breakage, String message) {
        return argumentSet(name, breakage, message);
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void brokenWeights(Breakage breakage, String message) throws IOException {
        Path copy = folder.resolve("pipeline");
        breakage.apply(BrokenPipeline.copyTo(copy));
        assertRefused(message, "--prompt", "a", "--model", copy);
    }

    @Test
    void outputThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");
        for (Path wrong : List.of(file, file.resolve("below"))) {
            Cli done = Cli.run("generate", "--prompt", "a", "--model", Cli.PIPELINE, "--out", wrong);
            Cli.assertRefused(done, "--out " + wrong);
            assertThat(file).hasContent("mine");
        }
    }

    @Test
    void earlierOutputIsKept() throws IOException {
        for (String name : List.of("run.json", "contact-sheet.png", "000-seed7.png")) {
            Path used = Files.createDirectories(folder.resolve("to-" + name));
            Path earlier = used.resolve(name);
            Files.writeString(earlier, "mine");
            Cli done = Cli.run(
                    "generate",
                    "--prompt",
                    "a",
                    "--candidates",
                    2,
                    "--seed",
                    6,
                    "--model",
                    Cli.PIPELINE,
                    "--out",
                    used);
            Cli.assertRefused(done, name + ": is there already; add --overwrite");
            assertThat(earlier).hasContent("mine");
        }
    }

    @Test
    void hostileNamesCannotMoveTheCursor() {
        Cli done = Cli.run("generate", "--prompt", "a", "--model", "x\n\u001b[2Jy", "--out", out);
        Cli.assertRefused(done, "x \\u001b[2Jy");
    }

    @Test
    void debugAddsTheStackTrace() {
        Cli done = Cli.run("generate", "--debug", "--prompt", "a", "--model", folder.resolve("none"), "--out", out);
        assertThat(done.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(done.err()).contains("InvalidInputException", "\tat io.irscale");
    }

    private void assertRefused(String message, Object... options) {
        List<Object> all = new ArrayList<>(List.of("generate", "--tokenizers", folder.resolve("tokenizers")));
        all.addAll(List.of("--out", out));
        all.addAll(List.of(options));
        List<Object> given = List.of(options);
        if (!given.contains("--height") && !given.contains("--width")) {
            all.addAll(List.of("--height", 64, "--width", 64));
        }
        Cli.assertRefused(Cli.run(all.toArray()), message);
        assertThat(folder.resolve("new")).doesNotExist();
    }
}
