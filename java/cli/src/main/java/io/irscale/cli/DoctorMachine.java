package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.error.IrscaleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What {@code doctor} says of the machine. None of it is required but memory. */
final class DoctorMachine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    // What libtorch's matrix products gain from, the last two for bf16.
    private static final List<String> FEATURES = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");
    private static final double GIB = 1L << 30;

    private DoctorMachine() {}

    static List<Finding> cpu() {
        try {
            return cpu(Files.readAllLines(CPU_INFO), Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            return List.of(Finding.absent("CPU", CPU_INFO + " cannot be read"));
        }
    }

    /** {@code info}: the lines of Linux's cpuinfo. */
    static List<Finding> cpu(List<String> info, int cores) {
        Set<String> flags = Set.copyOf(List.of(value(info, "flags").split(" ")));
        List<String> has = FEATURES.stream().filter(flags::contains).toList();
        List<String> lacks =
                FEATURES.stream().filter(name -> !flags.contains(name)).toList();
        String text = (has.isEmpty() ? "none" : String.join(" ", has))
                + (lacks.isEmpty() ? "" : " (without " + String.join(" ", lacks) + ")");
        return List.of(
                Finding.ok("CPU", "%s, %d cores".formatted(value(info, "model name"), cores)),
                has.contains("avx2") ? Finding.ok("CPU features", text) : Finding.absent("CPU features", text));
    }

    static Finding memory() {
        return Finding.of("memory", () -> {
            Diagnostics.Memory memory = Diagnostics.hostMemory();
            return "%s free of %s".formatted(gib(memory.free()), gib(memory.total()));
        });
    }

    static List<Finding> cudaDevices(Optional<Path> libtorch) {
        String name = "CUDA devices";
        try {
            List<Diagnostics.CudaDevice> devices = Diagnostics.cudaDevices();
            if (devices.isEmpty()) {
                return List.of(Finding.absent(name, "none; irscale runs on the CPU"));
            }
            boolean usable = Diagnostics.torch(libtorch).cuda();
            List<Finding> findings = new ArrayList<>();
            for (Diagnostics.CudaDevice device : devices) {
                String text = "%s, %s, compute capability %s"
                        .formatted(device.name(), gib(device.bytes()), device.capability());
                findings.add(
                        usable
                                ? Finding.ok("cuda:" + device.index(), text)
                                : Finding.absent(
                                        "cuda:" + device.index(),
                                        text + "; this libtorch is a CPU build: name a CUDA build with --libtorch"));
            }
            return findings;
        } catch (IrscaleException e) {
            return List.of(Finding.absent(name, OneLine.of(e)));
        }
    }

    private static String value(List<String> info, String key) {
        return info.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("unknown");
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }
}
