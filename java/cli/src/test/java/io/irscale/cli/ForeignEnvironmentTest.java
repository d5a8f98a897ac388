package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command in processes whose locale, language and output are not those of whoever wrote it. */
@EnabledOnOs(OS.LINUX)
class ForeignEnvironmentTest {
    private static final Path DEMO = Path.of(System.getProperty("irscale.root", "../.."))
            .resolve("demo/pipeline")
            .toAbsolutePath()
            .normalize();

    @TempDir
    private Path folder;

    /** Its exit code and standard error. */
    private record Ended(int code, String err) {}

    private Ended run(String locale, Path out, List<String> jvm, Object... arguments)
            throws IOException, InterruptedException {
        return run(Map.of("LC_ALL", locale), out, jvm, arguments);
    }

    private Ended run(Map<String, String> environment, Path out, List<String> jvm, Object... arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        words.addAll(List.of("-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED"));
        words.addAll(jvm);
        words.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        Stream.of(arguments).map(Object::toString).forEach(words::add);
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), Files.readString(err, StandardCharsets.UTF_8));
    }

    private Object[] generate(String prompt) {
        return new Object[] {
            "generate", "--model", DEMO, "--out", folder.resolve("out"), "--prompt", prompt, "--steps", 1
        };
    }

    private List<String> images() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".png"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aPromptThatTheLocaleCannotSpellIsRefused() throws Exception {
        Ended ended = run("C", folder.resolve("stdout"), List.of(), generate("Stra\u00dfe bei Nacht"));
        assertThat(ended.err()).contains("LC_ALL=C.UTF-8").hasLineCount(1);
        assertThat(ended.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void fileNamesHaveTheSameDigitsForEveryone() throws Exception {
        Ended ended = run(
                "C.UTF-8",
                folder.resolve("stdout"),
                List.of("-Duser.language=ar", "-Duser.country=EG", "-Duser.extensions=u-nu-arab"),
                generate("an infrared photo"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(images()).containsExactly("000-seed0.png", "contact-sheet.png");
    }

    @Test
    void aFullDeviceBehindStandardOutputIsAnError() throws Exception {
        Ended ended = run("C.UTF-8", Path.of("/dev/full"), List.of(), "search", "--list-strategies");
        assertThat(ended.err())
                .isEqualTo(
                        "irscale: standard output cannot be written: its disk is full, or its reader" + " has gone\n");
        assertThat(ended.code()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void theProcessorsLevelCanBeLoweredAndAnUnknownOneIsRefused() throws Exception {
        Path out = folder.resolve("stdout");
        Ended lower = run(Map.of("IRSCALE_CPU", "none"), out, List.of(), "doctor");
        assertThat(lower.code()).as(lower.err()).isIn(ExitCode.OK, ExitCode.CHECK_FAILED);
        assertThat(Files.readString(out)).containsPattern("(?m)^ok +CPU kernels +none: libtorch's operators");

        Ended unknown = run(Map.of("IRSCALE_CPU", "sse2"), out, List.of(), generate("an infrared photo"));
        assertThat(unknown.err()).contains("IRSCALE_CPU is sse2, expected none, avx2, avx512, avx512-bf16 or amx");
        assertThat(unknown.code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void wordsThatNoVocabularyHasAreSaid() throws Exception {
        Cli done = Cli.run(generate("an infrared photo of a @zebra at night, \u96ea"));
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.complaints())
                .singleElement()
                .asString()
                .startsWith(
                        "irscale: warning: the prompt has words with characters or pieces that T5's vocabulary lacks")
                .contains("\u96ea");
    }
}
