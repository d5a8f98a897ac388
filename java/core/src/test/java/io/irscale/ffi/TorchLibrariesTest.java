package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.LibraryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchLibrariesTest {
    private static final String REMEDY =
            "; name a PyTorch or libtorch folder with --libtorch or IRSCALE_LIBTORCH, or put org.bytedeco:pytorch and"
                    + " org.bytedeco:openblas (linux-x86_64) on the class path";

    @TempDir
    Path folder;

    @Test
    void aMissingFolderNamesTheRemedy() {
        refuses(folder.resolve("absent"));
    }

    @Test
    void aFolderWithoutLibtorchNamesTheRemedy() throws Exception {
        Files.writeString(folder.resolve("libc10.so"), "");
        refuses(folder);
    }

    private void refuses(Path path) {
        assertThatExceptionOfType(LibraryException.class)
                .isThrownBy(() -> TorchLibraries.open(Optional.of(path)))
                .withMessage("no libtorch_cpu.so in " + path + ", its lib or its torch/lib" + REMEDY);
    }

    @Test
    void theSameLibtorchOpensAgainAndAnotherIsRefused() throws Exception {
        TorchLibraries.open(Optional.empty());
        assertThatCode(() -> TorchLibraries.open(Optional.empty())).doesNotThrowAnyException();
        List<Path> loaded = TorchLibraries.locate(Optional.empty());
        Path elsewhere = Files.createDirectories(folder.resolve("torch/lib"));
        for (Path library : loaded) {
            Files.createSymbolicLink(elsewhere.resolve(library.getFileName()), library);
        }
        assertThatExceptionOfType(LibraryException.class)
                .isThrownBy(() -> TorchLibraries.open(Optional.of(folder)))
                .withMessage("libtorch is already loaded from " + loaded.getLast() + ", not from "
                        + elsewhere.resolve("libtorch_cpu.so") + "; one process can hold one libtorch");
        for (Path library : loaded) { // or JUnit warns of every link that leads out of its folder
            Files.delete(elsewhere.resolve(library.getFileName()));
        }
    }
}
