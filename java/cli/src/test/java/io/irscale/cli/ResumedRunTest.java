package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.file.FolderLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs that were cut between their prompts go on with the next one, and end as if they had not been. */
class ResumedRunTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int PROMPTS = 3;

    @TempDir
    private Path folder;

    private Object[] command(String name, Path out, Object... more) throws IOException {
        Path prompts = Files.writeString(folder.resolve("prompts.txt"), "a fox\na road at night\na dog\n");
        List<Object> arguments = new ArrayList<>(List.of(name, "--model", Cli.PIPELINE, "--verifier", Cli.CLIP));
        arguments.addAll(List.of("--tokenizers", Cli.tokenizers(), "--out", out, "--prompts", prompts));
        arguments.addAll(List.of("--steps", 2, "--height", 64, "--width", 48, "--max-sequence-length", 64));
        arguments.addAll(List.of(more));
        return arguments.toArray();
    }

    private Object[] generate(Path out, Object... more) throws IOException {
        Object[] arguments = command("generate", out, "--candidates", 2);
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray();
    }

    private Object[] search(Path out) throws IOException {
        return command("search", out, "--strategy", "zero-order", "--set", "neighbours=2", "--budget", "12nfe");
    }

    /** Runs until the first prompt is finished. */
    private static void cut(Path out, Object... arguments) throws InterruptedException {
        Interruption interruption = Interruption.never();
        Thread user = Thread.ofPlatform().start(() -> {
            while (lines(out) < 2) {
                Thread.onSpinWait();
            }
            interruption.ask();
        });
        Cli result = Cli.run(interruption, arguments);
        user.join();
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(result.complaints())
                .containsExactly("irscale: interrupted; finished images are kept, and the same command goes on");
        assertThat(lines(out)).isBetween(2L, (long) PROMPTS);
        assertThat(out.resolve("run.json")).doesNotExist();
    }

    private static long lines(Path out) {
        try (Stream<String> lines = Files.lines(out.resolve(RunManifest.FILE))) {
            return lines.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void assertGoesOn(Cli result) {
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
        assertThat(result.complaints()).singleElement().asString().matches("irscale: goes on after prompt [12]");
    }

    private static void assertSameRun(Path whole, Path resumed) throws IOException {
        assertThat(names(resumed)).isEqualTo(names(whole));
        for (String name : names(whole)) {
            if (name.endsWith(".png")) {
                assertThat(resumed.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
            }
        }
        assertThat(withoutTimes(resumed)).isEqualTo(withoutTimes(whole));
    }

    private static List<String> names(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static JsonNode withoutTimes(Path out) {
        JsonNode run = JSON.readTree(out.resolve("run.json").toFile());
        removeTimes(run);
        return run;
    }

    private static void removeTimes(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.propertyNames().stream()
                    .filter(name -> name.endsWith("_ms"))
                    .toList()
                    .forEach(object::remove);
        }
        node.forEach(ResumedRunTest::removeTimes);
    }

    @Test
    void generateGoesOnAfterItsLastFinishedPrompt() throws Exception {
        Path whole = folder.resolve("whole");
        Path out = folder.resolve("cut");
        assertThat(Cli.run(generate(whole)).code()).isEqualTo(ExitCode.OK);
        cut(out, generate(out));
        // A kill may cut a line, too.
        Files.writeString(out.resolve(RunManifest.FILE), "{\"prompt\": \"a do", StandardOpenOption.APPEND);
        assertGoesOn(Cli.run(generate(out)));
        assertSameRun(whole, out);
    }

    @Test
    void searchGoesOnWithItsReport() throws Exception {
        Path whole = folder.resolve("whole");
        Path out = folder.resolve("cut");
        assertThat(Cli.run(search(whole)).code()).isEqualTo(ExitCode.OK);
        cut(out, search(out));
        assertGoesOn(Cli.run(search(out)));
        assertSameRun(whole, out);
        assertThat(Files.readString(out.resolve("report.html"))).contains("a fox", "a road at night", "a dog");
    }

    @Test
    void aPromptWhoseImageIsGoneIsDrawnAgain() throws Exception {
        Path out = folder.resolve("cut");
        cut(out, generate(out));
        Files.delete(out.resolve("000-seed0.png"));
        assertThat(Cli.run(generate(out)).complaints()).isEmpty();
        assertThat(out.resolve("000-seed0.png")).exists();
    }

    @Test
    void anotherCommandIsRefusedAndReplacesOnlyWhenToldTo() throws Exception {
        Path out = folder.resolve("cut");
        cut(out, generate(out));
        byte[] kept = Files.readAllBytes(out.resolve(RunManifest.FILE));
        Cli.assertRefused(Cli.run(generate(out, "--seed", 5)), "unfinished run of another command");
        assertThat(out.resolve(RunManifest.FILE)).hasBinaryContent(kept);
        assertThat(Cli.run(generate(out, "--seed", 5, "--overwrite")).code()).isEqualTo(ExitCode.OK);
        assertThat(out.resolve(RunManifest.FILE)).doesNotExist();
    }

    @Test
    void anotherProcessorOrLibtorchIsSaid() throws Exception {
        Path out = folder.resolve("cut");
        cut(out, generate(out));
        Path manifest = out.resolve(RunManifest.FILE);
        String there = Files.readString(manifest)
                .replaceFirst("\"arithmetic\":\"libtorch [0-9.]+", "\"arithmetic\":\"libtorch 1.2.3");
        Files.writeString(manifest, there, StandardCharsets.UTF_8);
        assertThat(Cli.run(generate(out)).complaints())
                .singleElement()
                .asString()
                .contains("may differ in its last bits", "was on libtorch 1.2.3");
    }

    @Test
    void aFailureToLoadLeavesAFinishedRunAsItWas() throws Exception {
        Path out = folder.resolve("out");
        assertThat(Cli.run(generate(out)).code()).isEqualTo(ExitCode.OK);
        byte[] report = Files.readAllBytes(out.resolve("run.json"));
        Path broken = Files.writeString(folder.resolve("lora.safetensors"), "no LoRA");
        Cli.assertRefused(Cli.run(generate(out, "--overwrite", "--lora", broken)), "lora.safetensors");
        assertThat(out.resolve("run.json")).hasBinaryContent(report);
    }

    @Test
    void twoRunsDoNotWriteToOneFolder() throws Exception {
        Path out = Files.createDirectory(folder.resolve("out"));
        try (FolderLock _ = FolderLock.of(out)) {
            Cli.assertRefused(Cli.run(generate(out)), "another run writes to it");
        }
        assertThat(names(out)).isEmpty();
        assertThat(Cli.run(generate(out)).code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void escapesOfAFolderDoNotReachTheTerminal() throws Exception {
        Cli done = Cli.run(generate(folder.resolve("red\u001b[31m")));
        assertThat(done.code()).as(done.err()).isEqualTo(ExitCode.OK);
        assertThat(done.out() + done.err()).contains("red\\u001b[31m").doesNotContain("\u001b");
    }
}
