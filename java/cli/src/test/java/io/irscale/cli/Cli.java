package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** The real command in this process, with its streams captured. */
record Cli(int code, String out, String err) {
    static final Path GOLDENS = Path.of(System.getProperty("irscale.root", "../.."))
            .resolve("java/core/src/test/goldens/dev")
            .toAbsolutePath()
            .normalize();
    static final Path PIPELINE = GOLDENS.resolve("pipeline");
    static final Path CLIP = GOLDENS.resolve("clip");
    static final Path OPEN_CLIP = GOLDENS.resolveSibling("open_clip");
    static final Path SIGLIP = GOLDENS.resolveSibling("siglip").resolve("fixed");

    static Cli run(Object... arguments) {
        return run(Interruption.never(), arguments);
    }

    static Cli run(Interruption interruption, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                Main.commandLine(interruption).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        return new Cli(Main.run(line, texts.toArray(String[]::new)), out.toString(), err.toString());
    }

    /** Standard error without the lines that a slow machine adds. */
    List<String> complaints() {
        return err.lines()
                .filter(line -> !line.startsWith("irscale: loading ") && !line.contains(" transformer forwards"))
                .toList();
    }

    /** Bad input: its exit code, one line that holds {@code message}, and nothing else. */
    static void assertRefused(Cli done, String message) {
        assertThat(done.complaints())
                .singleElement()
                .asString()
                .startsWith("irscale: ")
                .contains(message);
        assertThat(done.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(done.out()).isEmpty();
    }

    /** The tokenizers that the golden pipeline goes with; where they are not, the test is skipped. */
    static Path tokenizers() {
        Path folder = Path.of(System.getProperty("irscale.shared", "../../../shared"))
                .resolve("tokenizers")
                .toAbsolutePath()
                .normalize();
        assumeTrue(
                Files.isDirectory(folder),
                () -> "the golden pipeline's tokenizers are not committed, and are not in " + folder);
        return folder;
    }
}
