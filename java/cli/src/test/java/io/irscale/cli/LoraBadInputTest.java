package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a LoRA: exit code 2, one line that names the key, and nothing written. */
final class LoraBadInputTest {
    private static final String LAYER = "transformer.proj_out";
    private static final String FIRST = LAYER + ".lora_A.weight";
    private static final String SECOND = LAYER + ".lora_B.weight";

    @TempDir
    private Path folder = Path.of("");

    interface Change {
        void apply(LoraFixture fixture);
    }

    static Stream<Arguments> files() {
        return Stream.of(
                file("rank mismatch", SECOND, lora -> lora.fill(SECOND, 1, 16, 3)),
                file("rank 0", FIRST, lora -> lora.fill(FIRST, 1, 0, 64).fill(SECOND, 1, 16, 0)),
                file("wrong input", FIRST, lora -> lora.fill(FIRST, 1, 4, 63)),
                file("wrong output", SECOND, lora -> lora.fill(SECOND, 1, 17, 4)),
                file("half of a layer", FIRST, lora -> lora.take(SECOND)),
                file(
                        "SDXL",
                        "lora_unet_down_blocks_1_attentions_0_proj_in.lora_down.weight",
                        lora -> lora.fill("lora_unet_down_blocks_1_attentions_0_proj_in.lora_down.weight", 1, 4, 64)),
                file(
                        "a magnitude of another size",
                        LAYER + ".dora_scale",
                        lora -> lora.fill(LAYER + ".dora_scale", 1, 3, 1)));
    }

    private static Arguments file(String name, String key, Change change) {
        return argumentSet(name, key, change);
    }

    @ParameterizedTest
    @MethodSource("files")
    void wrongFilesNameTheKey(String key, Change change) {
        LoraFixture fixture = LoraFixture.ofA();
        change.apply(fixture);
        Path file = fixture.write(folder.resolve("bad.safetensors"));
        assertRefusedByAll(file, key);
    }

    @Test
    void nanNamesTheKey() {
        Path file = LoraFixture.ofA().fill(SECOND, Float.NaN, 16, 4).write(folder.resolve("nan.safetensors"));
        assertRefused(SECOND, "lora", "inspect", file, "--model", Cli.PIPELINE);
        assertRefused(SECOND, merge("--lora", file));
        assertRefused(SECOND, convert(file));
        // Only the engine looks at values, after all is loaded.
        assertRefused(SECOND, generate(Cli.tokenizers(), "--lora", file));
    }

    @Test
    void aFileThatFitsNothingIsRefused() {
        Path file = new LoraFixture()
                .fill("transformer.other.lora_A.weight", 1, 4, 64)
                .fill("transformer.other.lora_B.weight", 1, 64, 4)
                .write(folder.resolve("other.safetensors"));
        assertRefusedByAll(file, "transformer.other.lora_A.weight");
    }

    @Test
    void strictRefusesWhatHasNoEffect() {
        String key = "lora_te3_encoder_block_0_layer_0_SelfAttention_q.lora_down.weight";
        Path file = LoraFixture.ofA().fill(key, 1, 4, 64).write(folder.resolve("partial.safetensors"));
        assertRefused(key, generate(noTokenizers(), "--lora", file, "--strict"));
        assertRefused(key, merge("--lora", file, "--strict"));
        List<Object> convert = new ArrayList<>(List.of(convert(file)));
        convert.add("--strict");
        assertRefused(key, convert.toArray());
        assertThat(Cli.run(convert(file)).err()).contains(key, "1 of 89 keys have no effect");
    }

    @Test
    void missingAndPickledFiles() throws IOException {
        Path missing = folder.resolve("missing.safetensors");
        assertRefused("--lora " + missing + ": is not there", generate(noTokenizers(), "--lora", missing + ":0.5"));
        assertRefused("missing.safetensors: is not a file", "lora", "inspect", missing);
        assertRefused("missing.safetensors: is not a file", convert(missing));
        Path pickle = Files.writeString(folder.resolve("lora.pt"), "pickle");
        assertRefusedByAll(pickle, "lora.pt: is a pickle");
    }

    @Test
    void scalesOutOfRange() {
        for (String scale : List.of("nan", "1e9", "-101", "inf")) {
            assertRefused(": scale is ", generate(noTokenizers(), "--lora", LoraFixture.A + ":" + scale));
            assertRefused("expected a number from -100.0 to 100.0", merge("--lora", LoraFixture.A + ":" + scale));
        }
    }

    @Test
    void optionsWithoutEffect() {
        assertRefused("--strict has no effect without --lora", generate(noTokenizers(), "--strict"));
        assertRefused("--lora-mode has no effect without", generate(noTokenizers(), "--lora-mode", "unmerged"));
        assertRefused(
                "lora mode is 'off', expected merged or unmerged",
                generate(noTokenizers(), "--lora", LoraFixture.A, "--lora-mode", "off"));
        assertRefused("no --lora FILE is given", merge());
    }

    @Test
    void outputsThatAreThere() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.safetensors"), "mine");
        Cli.assertRefused(Cli.run("lora", "convert", LoraFixture.A, "--model", Cli.PIPELINE, "--out", file), "already");
        Cli.assertRefused(
                Cli.run("lora", "merge", "--model", Cli.PIPELINE, "--lora", LoraFixture.A, "--out", folder),
                "--out " + folder + ": is not an empty folder");
        assertThat(file).hasContent("mine");
        Cli.assertRefused(
                Cli.run("lora", "convert", LoraFixture.A, "--out", folder.resolve("a.bin")), "is not named *.safeten");
        Cli.assertRefused(
                Cli.run(
                        "lora",
                        "merge",
                        "--model",
                        Cli.PIPELINE,
                        "--lora",
                        LoraFixture.A,
                        "--out",
                        Cli.PIPELINE.resolve("merged")),
                "is inside of --model");
    }

    @Test
    void aFailedMergeTakesAwayWhatItMadeAndNoMore() throws IOException {
        Path file = LoraFixture.ofA().fill(SECOND, Float.NaN, 16, 4).write(folder.resolve("nan.safetensors"));
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Cli.assertRefused(
                Cli.run("lora", "merge", "--model", Cli.PIPELINE, "--lora", file, "--out", mine.resolve("a/b")),
                SECOND);
        assertThat(mine).isEmptyDirectory();
        Interruption interruption = Interruption.never();
        interruption.ask();
        Cli done =
                Cli.run(interruption, "lora", "merge", "--model", Cli.PIPELINE, "--lora", LoraFixture.A, "--out", mine);
        assertThat(done.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(done.err().lines()).singleElement().asString().startsWith("irscale: interrupted");
        assertThat(mine).isEmptyDirectory();
    }

    private void assertRefusedByAll(Path file, String key) {
        assertRefused(key, generate(noTokenizers(), "--lora", file));
        assertRefused(key, "lora", "inspect", file, "--model", Cli.PIPELINE);
        assertRefused(key, merge("--lora", file));
        assertRefused(key, convert(file));
    }

    private Path noTokenizers() {
        return folder; // a LoRA is refused before tokenizers are looked for
    }

    private Object[] generate(Path tokenizers, Object... more) {
        List<Object> all = new ArrayList<>(List.of("generate", "--model", Cli.PIPELINE, "--tokenizers", tokenizers));
        all.addAll(List.of("--prompt", "a", "--height", 64, "--width", 64, "--steps", 1, "--out", out()));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private Object[] merge(Object... more) {
        List<Object> all = new ArrayList<>(List.of("lora", "merge", "--model", Cli.PIPELINE, "--out", out()));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private Object[] convert(Path file) {
        return new Object[] {
            "lora", "convert", file, "--model", Cli.PIPELINE, "--out", folder.resolve("out.safetensors")
        };
    }

    private Path out() {
        return folder.resolve("new/out");
    }

    private void assertRefused(String message, Object... arguments) {
        Cli.assertRefused(Cli.run(arguments), message);
        assertThat(folder.resolve("new")).doesNotExist();
        assertThat(folder.resolve("out.safetensors")).doesNotExist();
    }
}
