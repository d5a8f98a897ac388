package io.irscale.ffi;

import io.irscale.error.LibraryException;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * Finds libtorch: a folder that the user names (a PyTorch or libtorch installation, or a flat folder of libraries), by
 * argument, system property {@code irscale.libtorch} or environment variable {@code IRSCALE_LIBTORCH}, else the
 * bytedeco artifacts on the class path. A process holds one libtorch.
 */
public final class TorchLibraries {
    // Dependencies first. Names absent from a folder are left out: a PyTorch installation finds its own by RPATH.
    private static final List<String> ORDER = List.of(
            "libtorch_global_deps.so",
            "libgcc_s.so.1",
            "libquadmath.so.0",
            "libgfortran.so.5",
            "libopenblas.so.0",
            "libgomp.so.1",
            "libcudart.so.13",
            "libnvJitLink.so.13",
            "libnvrtc-builtins.so.13.3",
            "libnvrtc.so.13",
            "libcupti.so.13",
            "libcufile.so.0",
            "libcurand.so.10",
            "libcufft.so.12",
            "libcublasLt.so.13",
            "libcublas.so.13",
            "libcusparse.so.12",
            "libcusolver.so.12",
            "libnccl.so.2",
            "libcudnn.so.9",
            "libc10.so",
            "libtorch_cpu.so",
            "libc10_cuda.so",
            "libtorch_cuda.so");
    private static final String REQUIRED = "libtorch_cpu.so";
    // Those of the Maven profile cuda first.
    private static final List<String> BUNDLES = List.of(
            "/org/bytedeco/cuda/linux-x86_64/",
            "/org/bytedeco/pytorch/linux-x86_64-gpu/",
            "/org/bytedeco/openblas/linux-x86_64/",
            "/org/bytedeco/pytorch/linux-x86_64/");
    private static final String REMEDY =
            "name a PyTorch or libtorch folder with --libtorch or IRSCALE_LIBTORCH, or put org.bytedeco:pytorch and"
                    + " org.bytedeco:openblas (linux-x86_64) on the class path";

    private TorchLibraries() {}

    /**
     * Loads libtorch, once per process.
     *
     * @param folder the folder to use; empty for the property, the variable or the class path
     * @throws LibraryException if it is missing, older than 2.10, or another libtorch is loaded already
     */
    public static void open(Optional<Path> folder) {
        List<Path> libraries = locate(folder);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment paths = arena.allocate(ValueLayout.ADDRESS, libraries.size());
            for (int i = 0; i < libraries.size(); i++) {
                paths.setAtIndex(
                        ValueLayout.ADDRESS,
                        i,
                        arena.allocateFrom(libraries.get(i).toString()));
            }
            NativeTorch.torchOpen(paths, libraries.size());
        }
    }

    /** The library files in the order in which they are loaded. */
    public static List<Path> locate(Optional<Path> folder) {
        return folder.or(TorchLibraries::configured)
                .map(TorchLibraries::inFolder)
                .orElseGet(TorchLibraries::onClassPath);
    }

    private static Optional<Path> configured() {
        return Optional.ofNullable(System.getProperty("irscale.libtorch"))
                .or(() -> Optional.ofNullable(System.getenv("IRSCALE_LIBTORCH")))
                .map(Path::of);
    }

    private static List<Path> inFolder(Path folder) {
        Path libraries = Stream.of(folder, folder.resolve("lib"), folder.resolve("torch/lib"))
                .filter(candidate -> Files.isRegularFile(candidate.resolve(REQUIRED)))
                .findFirst()
                .orElseThrow(() -> new LibraryException(
                        "no " + REQUIRED + " in " + folder + ", its lib or its torch/lib; " + REMEDY));
        return ORDER.stream()
                .map(name -> libraries.resolve(name).toAbsolutePath().normalize())
                .filter(Files::isRegularFile)
                .toList();
    }

    private static List<Path> onClassPath() {
        List<Path> found =
                ORDER.stream().flatMap(name -> bundled(name).stream()).toList();
        if (found.stream().noneMatch(path -> path.endsWith(REQUIRED))) {
            throw new LibraryException("libtorch is not installed: " + REMEDY);
        }
        return found;
    }

    // JavaCPP's own cache, so that its presets use the very same files.
    private static Optional<Path> bundled(String name) {
        return BUNDLES.stream()
                .filter(bundle -> TorchLibraries.class.getResource(bundle + name) != null)
                .findFirst()
                .map(bundle -> {
                    try {
                        File file = Loader.cacheResource(TorchLibraries.class, bundle + name);
                        if (file == null) {
                            throw new LibraryException("cannot unpack " + name + " from the class path; " + REMEDY);
                        }
                        return file.toPath().toAbsolutePath();
                    } catch (IOException e) {
                        throw new LibraryException("cannot unpack " + name + " to JavaCPP's cache: " + e, e);
                    }
                });
    }
}
