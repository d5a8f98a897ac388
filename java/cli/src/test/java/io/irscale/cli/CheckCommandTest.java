package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    void dataSetsAreToldWithWhatIsLeftOut() throws IOException {
        Path data = Files.createDirectories(folder.resolve("set/infrared"));
        Path visible = Files.createDirectories(folder.resolve("set/visible"));
        for (int i = 0; i < 2; i++) {
            Png.writeGrey8(data.resolve(i + ".png"), 6, 4, new byte[24], Map.of());
            Png.writeGrey8(visible.resolve(i + ".png"), 6, 4, new byte[24], Map.of());
        }
        Files.writeString(data.resolve("0.txt"), "a warm pipe");
        Path set = folder.resolve("set");
        Cli done = Cli.run("check", set, "--captions");
        assertThat(done.code()).as(done.out()).isEqualTo(ExitCode.OK);
        assertThat(done.out())
                .containsPattern("(?m)^ok  .*/set: .*, 2 images$")
                .containsPattern("(?m)^    pixels   2 of 8-bit pixels; 2 of 6x4$")
                .containsPattern("(?m)^    captions 1 written with the images")
                .containsPattern("(?m)^    note .*infrared/ is read and visible/ is left out \\(2 images\\)")
                .contains("infrared/0.png\ta warm pipe\n");
        short[] counts = {7000, 7100, 7200, 8000};
        Png.writeGrey16(data.resolve("2.png"), 2, 2, counts, Map.of());
        Cli refused = Cli.run("check", set);
        assertThat(refused.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(refused.out())
                .containsPattern("(?m)^    counts   7000\\.\\.8000, as --range takes them$")
                .containsPattern("(?m)^    problem  .*2.png: has 16-bit counts, .*--range 7000\\.\\.8000");
        assertThat(Cli.run("check", set, "--range", "7000..8000").code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aPathIsNeeded() {
        assertThat(Cli.run("check").code()).isEqualTo(ExitCode.BAD_INPUT);
    }
}
