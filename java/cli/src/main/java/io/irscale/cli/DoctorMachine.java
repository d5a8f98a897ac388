package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.Processor;
import io.irscale.error.IrscaleException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code doctor} says of the machine. None of it is required but memory. */
final class DoctorMachine {
    private static final double GIB = 1L << 30;

    private DoctorMachine() {}

    static List<Finding> cpu() {
        return Processor.here()
                .map(processor -> cpu(processor, Runtime.getRuntime().availableProcessors()))
                .orElseGet(() -> List.of(Finding.absent("CPU", "/proc/cpuinfo cannot be read")));
    }

    static List<Finding> cpu(Processor processor, int cores) {
        List<String> has = processor.features();
        List<String> lacks =
                Processor.FEATURES.stream().filter(name -> !has.contains(name)).toList();
        String text = (has.isEmpty() ? "none" : String.join(" ", has))
                + (lacks.isEmpty() ? "" : " (without " + String.join(" ", lacks) + ")");
        return List.of(
                Finding.ok("CPU", "%s, %d cores".formatted(processor.name(), cores)),
                has.contains("avx2") ? Finding.ok("CPU features", text) : Finding.absent("CPU features", text));
    }

    /** By which road each dtype is multiplied on the CPU. */
    static Finding kernels() {
        return Finding.of("CPU kernels", () -> kernels(Diagnostics.cpuLevel()));
    }

    static String kernels(String level) {
        String roads = switch (level) {
            case "amx" -> "bf16 on matrix tiles, fp32 there as three bf16 parts";
            case "avx512-bf16" -> "bf16 by its own products, fp32 as it is; bf16 is about twice as fast";
            case "avx512", "avx2" -> "fp32 as it is, bf16 widened to it and as fast";
            default -> "libtorch's operators, with bf16 slower than fp32: a processor with AVX2 and FMA is much faster";
        };
        return level + ": " + roads;
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

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }
}
