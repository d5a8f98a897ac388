package io.irscale.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory of a device now.
 *
 * @param free bytes that can still be taken
 * @param total bytes it has
 */
public record DeviceMemory(long free, long total) {
    /** Asks a device: -1 the CPU, 0.. CUDA. */
    public static DeviceMemory of(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
            NativeTorch.deviceMemory(free, total, device);
            return new DeviceMemory(free.get(ValueLayout.JAVA_LONG, 0), total.get(ValueLayout.JAVA_LONG, 0));
        }
    }
}
