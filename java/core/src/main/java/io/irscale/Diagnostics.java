package io.irscale;

import io.irscale.ffi.DeviceMemory;
import io.irscale.ffi.NativeLibrary;
import io.irscale.ffi.NativeTorch;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this machine offers. Each method throws a {@link io.irscale.error.LibraryException} that names the remedy. */
public final class Diagnostics {
    private static final int TEXT_BYTES = 256;
    private static final int MATMULS = 5;

    private Diagnostics() {}

    /**
     * libtorch as it is loaded.
     *
     * @param version major.minor.patch
     * @param path of {@code libtorch_cpu.so}
     * @param threads on the CPU
     * @param cuda whether it is a CUDA build
     */
    public record Torch(String version, Path path, int threads, boolean cuda) {}

    /**
     * A CUDA device, as the driver names it.
     *
     * @param index for {@code cuda:N}
     * @param name the product's
     * @param bytes of memory
     * @param capability compute capability, such as 9.0
     */
    public record CudaDevice(int index, String name, long bytes, String capability) {}

    /**
     * Memory of a device now, in bytes.
     *
     * @param free can still be taken
     * @param total it has
     */
    public record Memory(long free, long total) {}

    /** Loads {@code libirscale.so} and returns where it is. */
    public static Path nativeLibrary() {
        NativeLibrary.load();
        return NativeLibrary.locate();
    }

    /** Loads libtorch, from {@code folder} or from where an engine would find it. */
    public static Torch torch(Optional<Path> folder) {
        TorchLibraries.open(folder);
        return loaded(TorchLibraries.locate(folder).stream()
                .filter(file -> file.endsWith("libtorch_cpu.so"))
                .findFirst()
                .orElseThrow());
    }

    private static Torch loaded(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(TEXT_BYTES);
            MemorySegment threads = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment cuda = arena.allocate(ValueLayout.JAVA_INT);
            NativeTorch.torchDescribe(version, TEXT_BYTES, threads, cuda);
            return new Torch(
                    version.getString(0),
                    path,
                    threads.get(ValueLayout.JAVA_INT, 0),
                    cuda.get(ValueLayout.JAVA_INT, 0) != 0);
        }
    }

    /**
     * What the last bits of a result depend on beside the input: two runs with the same text round alike. libtorch must be
     * loaded.
     *
     * @param device that computes
     */
    public static String arithmetic(Device device) {
        Torch torch = loaded(Path.of("")); // wherever it lies
        String processor = Processor.here()
                .map(found -> String.join(" ", found.features()))
                .orElse("a processor that is not described");
        String gpu = cudaDevices().stream()
                .filter(found -> device.index() == found.index())
                .map(found -> ", " + found.name())
                .findFirst()
                .orElse("");
        return "libtorch %s, %d threads, %s, kernels for %s%s"
                .formatted(torch.version(), torch.threads(), processor, cpuLevel(), gpu);
    }

    /**
     * The instructions that the CPU's kernels run by: {@code amx}, {@code avx512-bf16}, {@code avx512}, {@code avx2} or {@code
     * none}, the best that the processor has, or less where the environment variable {@code IRSCALE_CPU} names less.
     *
     * @throws io.irscale.error.InvalidInputException if that variable is none of these
     */
    public static String cpuLevel() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            NativeTorch.cpuLevel(text, TEXT_BYTES);
            return text.getString(0);
        }
    }

    /** The CUDA devices that the driver shows; none without a driver. */
    public static List<CudaDevice> cudaDevices() {
        List<CudaDevice> devices = new ArrayList<>();
        for (int index = 0; index < NativeTorch.cudaDeviceCount(); index++) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocate(TEXT_BYTES);
                MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
                MemorySegment major = arena.allocate(ValueLayout.JAVA_INT);
                MemorySegment minor = arena.allocate(ValueLayout.JAVA_INT);
                NativeTorch.cudaDeviceDescribe(name, TEXT_BYTES, bytes, major, minor, index);
                String capability = major.get(ValueLayout.JAVA_INT, 0) + "." + minor.get(ValueLayout.JAVA_INT, 0);
                devices.add(new CudaDevice(index, name.getString(0), bytes.get(ValueLayout.JAVA_LONG, 0), capability));
            }
        }
        return devices;
    }

    /** The host's memory. */
    public static Memory hostMemory() {
        return memory(Device.CPU);
    }

    /** A device's memory. */
    public static Memory memory(Device device) {
        DeviceMemory memory = DeviceMemory.of(device.index());
        return new Memory(memory.free(), memory.total());
    }

    /**
     * How fast libtorch multiplies two n x n matrices: operations a second, the best of a few.
     *
     * @param dtype F32 or BF16
     */
    public static double matmulRate(Device device, DType dtype, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rate = arena.allocate(ValueLayout.JAVA_DOUBLE);
            NativeTorch.matmulRate(rate, device.index(), dtype.code(), n, MATMULS);
            return rate.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    /** Native objects of all kinds alive in the process: 0 once every engine and tensor is closed. */
    public static long liveObjects() {
        return NativeTorch.liveObjects();
    }
}
