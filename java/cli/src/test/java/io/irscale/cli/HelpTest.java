package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HelpTest {
    @Test
    void everyCommandShowsAnExample() {
        Set<String> commands =
                Main.commandLine(Interruption.never()).getSubcommands().keySet();
        assertThat(commands).contains("generate", "doctor", "help");
        for (String command : commands) {
            if (!command.equals("help")) {
                Cli help = Cli.run(command, "--help");
                assertThat(help.code()).isEqualTo(ExitCode.OK);
                assertThat(help.out()).containsPattern("Example:\n  irscale " + command);
            }
        }
        assertThat(Cli.run("--help").out()).containsPattern("Example:\n  irscale ");
    }

    @Test
    void everyLoraCommandShowsAnExample() {
        for (String command : List.of("inspect", "merge", "convert")) {
            Cli help = Cli.run("lora", command, "--help");
            assertThat(help.code()).isEqualTo(ExitCode.OK);
            assertThat(help.out()).containsPattern("Example:\n  irscale lora " + command);
        }
        assertThat(Cli.run("lora").err().lines()).singleElement().asString().contains("Missing required subcommand");
    }

    @Test
    void versionIsTheBuilds() {
        assertThat(Cli.run("--version").out()).matches("irscale \\d+\\.\\d+\\.\\d+\\S*\n");
    }

    @Test
    void unknownCommandIsOneLine() {
        Cli done = Cli.run("generat");
        assertThat(done.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(done.err().lines()).singleElement().asString().contains("generat");
    }

    @Test
    void aMisspeltOptionIsToldBeforeAllThatIsMissing() {
        Cli done = Cli.run("generate", "--promt", "a fox");
        assertThat(done.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(done.err())
                .hasLineCount(1)
                .contains("'--promt'", "nearest are --prompt", "(see irscale generate --help)")
                .doesNotContain("--out");
    }
}
