package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A training in a process of its own, which the system ends and whose files the system refuses. */
@EnabledOnOs(OS.LINUX)
class TrainingProcessTest {
    private static final Path PIPELINE = Path.of(System.getProperty("irscale.root", "../.."))
            .resolve("demo/pipeline")
            .toAbsolutePath()
            .normalize();
    private static final int STEPS = 5;
    private static final int ANY_SIZE = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    @BeforeEach
    void frames() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            byte[] grey = new byte[64 * 64];
            for (int p = 0; p < grey.length; p++) {
                grey[p] = (byte) (p % 64 * (i + 1));
            }
            Png.writeGrey8(data.resolve(i + ".png"), 64, 64, grey, Map.of());
            metadata.append(
                    "{\"file_name\": \"%d.png\", \"text\": \"an infrared aerial photo at night\"}\n".formatted(i));
        }
        Files.writeString(data.resolve("metadata.jsonl"), metadata);
    }

    /** The training's process; no file of it may grow over so many KiB. */
    private Process train(String run, int mostKib) throws IOException {
        List<String> words = new ArrayList<>();
        if (mostKib != ANY_SIZE) {
            words.addAll(List.of("bash", "-c", "ulimit -f %d; exec \"$@\"".formatted(mostKib), "training"));
        }
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "train",
                "lora",
                "--model",
                PIPELINE.toString(),
                "--data",
                folder.resolve("data").toString(),
                "--validation",
                folder.resolve("data").toString(),
                "--out",
                folder.resolve(run).toString(),
                "--steps",
                Integer.toString(STEPS),
                "--save-every",
                "1",
                "--validate-every",
                "100"));
        words.addAll(List.of("--batch", "2", "--rank", "2", "--windows-per-frame", "1", "--max-sequence-length", "32"));
        return new ProcessBuilder(words)
                .redirectOutput(folder.resolve(run + ".out").toFile())
                .redirectError(folder.resolve(run + ".err").toFile())
                .start();
    }

    private int ended(Process process) throws InterruptedException {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private byte[] weights(String run) throws IOException {
        return Files.readAllBytes(folder.resolve(run).resolve("pytorch_lora_weights.safetensors"));
    }

    @Test
    void endsWithTheSameWeightsAfterAKillAndAFullDisk() throws Exception {
        assertThat(ended(train("whole", ANY_SIZE)))
                .as(Files.readString(folder.resolve("whole.err")))
                .isZero();

        Process killed = train("cut", ANY_SIZE);
        Path checkpoint = folder.resolve("cut/checkpoint.safetensors");
        while (killed.isAlive() && !Files.exists(checkpoint)) {
            Thread.sleep(20);
        }
        killed.destroyForcibly(); // SIGKILL
        ended(killed);
        assertThat(checkpoint).exists();
        byte[] kept = Files.readAllBytes(checkpoint);

        int code = ended(train("cut", 256));
        List<String> complaints = Files.readAllLines(folder.resolve("cut.err")).stream()
                .filter(line -> !line.contains("goes on after step"))
                .toList();
        assertThat(complaints)
                .singleElement()
                .asString()
                .contains("checkpoint.safetensors: cannot be written (File too large)");
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(checkpoint).hasBinaryContent(kept);
        assertThat(folder.resolve("cut")).isDirectoryNotContaining("glob:**.tmp");

        // The log is written again when a run goes on. What is wrong cannot be said in a file either.
        byte[] log = Files.readAllBytes(folder.resolve("cut/log.jsonl"));
        assertThat(log).isNotEmpty();
        assertThat(ended(train("cut", 0))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(folder.resolve("cut/log.jsonl")).hasBinaryContent(log);

        assertThat(ended(train("cut", ANY_SIZE))).isZero();
        assertThat(Files.readString(folder.resolve("cut.err"))).contains("goes on after step");
        assertThat(weights("cut")).isEqualTo(weights("whole"));
    }
}
