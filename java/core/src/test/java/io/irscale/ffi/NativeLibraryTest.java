package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that cannot be loaded; each in a JVM of its own, whose every line of output counts. */
class NativeLibraryTest {
    private static final String LIBRARY_EXCEPTION = "io.irscale.error.LibraryException: ";

    @TempDir
    Path folder;

    @Test
    void aMissingLibraryIsNamedEveryTime() throws Exception {
        Path missing = folder.resolve("libirscale.so");
        assertThat(ForkedJvm.open(List.of("-Dirscale.native=" + missing), "", ""))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .isEqualTo(LIBRARY_EXCEPTION + missing
                                + " is missing; leave the system property irscale.native unset for the library in the"
                                + " jar"));
    }

    @Test
    void aFileThatIsNoLibraryIsNamed() throws Exception {
        Path garbage = Files.writeString(folder.resolve("libirscale.so"), "not a library");
        // The JVM itself may warn before.
        assertThat(ForkedJvm.open(List.of("-Dirscale.native=" + garbage), "").getLast())
                .startsWith(LIBRARY_EXCEPTION + "cannot load " + garbage + ": ");
    }

    @Test
    void anotherLibraryIsRefused() throws Exception {
        Path other = Files.copy(someLibrary(), folder.resolve("libirscale.so"));
        assertThat(ForkedJvm.open(List.of("-Dirscale.native=" + other), ""))
                .containsExactly(LIBRARY_EXCEPTION + other + " is not irscale's native library");
    }

    @Test
    void aCutCopyInTheCacheIsReplaced() throws Exception {
        List<String> properties = Stream.concat(properties().stream(), Stream.of("-Dirscale.cache=" + folder))
                .toList();
        assertThat(ForkedJvm.open(properties, "")).containsExactly("ok");
        Path library = cached();
        byte[] whole = Files.readAllBytes(library);
        Files.write(library, Arrays.copyOf(whole, whole.length / 2));
        assertThat(ForkedJvm.open(properties, "")).containsExactly("ok");
        assertThat(Files.readAllBytes(library)).isEqualTo(whole);
    }

    private Path cached() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("libirscale.so"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aCacheThatCannotBeMadeIsNamedWithTheRemedy() throws Exception {
        Path file = Files.writeString(folder.resolve("cache"), "no folder");
        assertThat(ForkedJvm.open(List.of("-Dirscale.cache=" + file), ""))
                .singleElement()
                .asString()
                .startsWith(LIBRARY_EXCEPTION + file + "/native-")
                .endsWith("; set IRSCALE_CACHE to a folder you may write to");
    }

    @Test
    void aLibtorchThatIsGarbageIsNamedAndAGoodOneStillLoads() throws Exception {
        Path garbage = Files.writeString(folder.resolve("libtorch_cpu.so"), "not a library");
        List<String> lines = ForkedJvm.open(properties(), folder.toString(), "");
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).startsWith(LIBRARY_EXCEPTION + "cannot load " + garbage + ": ");
        assertThat(lines.getLast()).isEqualTo("ok");
    }

    @Test
    void aLibtorchWithoutTheStableAbiIsTooOldAndBarsAnother() throws Exception {
        Path old = Files.copy(someLibrary(), folder.resolve("libtorch_cpu.so"));
        List<String> lines = ForkedJvm.open(properties(), folder.toString(), "");
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst())
                .startsWith(LIBRARY_EXCEPTION + "libtorch (" + old + ") has no symbol ")
                .endsWith("; irscale needs libtorch 2.10 or newer");
        // What it left loaded must not be mixed with another libtorch.
        assertThat(lines.getLast())
                .isEqualTo(LIBRARY_EXCEPTION + "loading libtorch from " + old
                        + " failed before in this process; restart it to try another");
    }

    // The libtorch that this run of the tests is about.
    private static List<String> properties() {
        return Optional.ofNullable(System.getProperty("irscale.libtorch"))
                .map(libtorch -> List.of("-Dirscale.libtorch=" + libtorch))
                .orElse(List.of());
    }

    // Small, and known to load.
    private static Path someLibrary() {
        return TorchLibraries.locate(Optional.empty()).stream()
                .filter(library -> library.endsWith("libgcc_s.so.1"))
                .findFirst()
                .orElseThrow();
    }
}
