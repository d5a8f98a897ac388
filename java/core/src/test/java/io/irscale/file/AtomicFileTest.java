package io.irscale.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void writesAndReplacesWithNothingLeftBeside() {
        Path file = folder.resolve("a");
        AtomicFile.write(file, "one".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("one");
        AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(new byte[] {'t', 'w', 'o'})));
        assertThat(file).hasContent("two");
        assertThat(folder.toFile().list()).containsExactly("a");
    }

    @Test
    void aFailureHalfWayLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.allocate(100));
                    throw new IOException("No space left on device");
                }))
                .withMessage(file + ": cannot be written (No space left on device)");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> AtomicFile.write(file, channel -> {
                    throw new IllegalStateException("not about files");
                }));
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("a");
    }

    @Test
    void whatCannotBeWrittenIsNamed() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");
        refused(folder.resolve("absent").resolve("a"), "is not there");
        refused(plain.resolve("a"), "Not a directory");
        refused(Files.createDirectory(folder.resolve("folder")), "is a folder");
        refused(folder.resolve("n".repeat(300)), "File name too long");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("plain", "folder");
    }

    private static void refused(Path file, String why) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> AtomicFile.write(file, new byte[1]))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", ".tmp"));
    }
}
