package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckCommandTest {
    @TempDir
    private Path folder;

    @Test
    void usableFilesEndWithZero() {
        Cli done = Cli.run("check", Cli.PIPELINE + "/transformer", Cli.PIPELINE + "/vae");
        assertThat(done.err()).isEmpty();
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(done.out())
                .containsPattern("(?m)^ok  .*/transformer: a FLUX transformer of other sizes, .*")
                .containsPattern("(?m)^    use +--transformer$")
                .containsPattern("(?m)^    stored +[\\d,]+ values: BF16 \\d+\\.\\d MB$")
                .containsPattern("(?m)^    memory +fp32 \\d+\\.\\d MB, bf16 \\d+\\.\\d MB$")
                .containsPattern("(?m)^    use +--vae$")
                .doesNotContain("problem", "\u001b");
    }

    @Test
    void whatCannotBeUsedIsToldWithTheReason() throws IOException {
        Path text = Files.writeString(folder.resolve("model.safetensors"), "not one");
        Cli done = Cli.run("check", text.toString(), folder.resolve("absent").toString());
        assertThat(done.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(done.err()).isEmpty();
        assertThat(done.out())
                .containsPattern("(?m)^no  .*model\\.safetensors: no weights that irscale reads$")
                .containsPattern("(?m)^    problem  .*too few for a safetensors file")
                .containsPattern("(?m)^    problem  .*absent: is not there$");
    }

    @Test
    void aPathIsNeeded() {
        assertThat(Cli.run("check").code()).isEqualTo(ExitCode.BAD_INPUT);
    }
}
