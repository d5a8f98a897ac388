package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.LibraryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachedLibraryTest {
    private static final byte[] LIBRARY = "a whole library".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "a whole", "a whole librarY", "a whole library and more"})
    void anotherCopyIsReplaced(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("lib.so"), content);
        assertThat(CachedLibrary.write(file, LIBRARY)).isEqualTo(file).hasBinaryContent(LIBRARY);
        assertThat(folder.toFile().list()).containsExactly("lib.so");
    }

    @Test
    void theSameIsLeftAlone() throws IOException {
        Path file = CachedLibrary.write(folder.resolve("lib.so"), LIBRARY);
        Object before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        CachedLibrary.write(file, LIBRARY);
        assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey())
                .isEqualTo(before);
    }

    @Test
    void oneThatCannotBeWrittenIsNamedWithTheRemedy() throws IOException {
        Path file = Files.createDirectories(folder.resolve("lib.so"));
        assertThatExceptionOfType(LibraryException.class)
                .isThrownBy(() -> CachedLibrary.write(file, LIBRARY))
                .withMessageStartingWith(file + ": ")
                .withMessageEndingWith("; set IRSCALE_CACHE to a folder you may write to, with 1 MB free");
        assertThat(folder.toFile().list()).containsExactly("lib.so");
    }
}
