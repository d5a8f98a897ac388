package io.irscale.cli.bench;

import io.irscale.Diagnostics;
import io.irscale.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory held since it was begun: of this process on the CPU, of the whole device on CUDA. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");

    private PeakMemory() {}

    /** From now on. */
    static void begin(Device device) {
        if (!device.equals(Device.CPU)) {
            return;
        }
        try {
            Files.writeString(RESET, "5"); // proc(5): the peak is reset to what is resident
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes. On CUDA what libtorch's allocator took and keeps. */
    static long bytes(Device device) {
        if (!device.equals(Device.CPU)) {
            Diagnostics.Memory memory = Diagnostics.memory(device);
            return memory.total() - memory.free();
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
