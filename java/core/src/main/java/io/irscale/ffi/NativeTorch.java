package io.irscale.ffi;

import static io.irscale.ffi.NativeLibrary.bind;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Downcalls for the library, libtorch and the devices. Shapes, owners, ranges and errors: {@code native/include/irscale.h}. */
public final class NativeTorch {
    private static final MethodHandle LIVE_OBJECTS = bind("irs_live_objects", JAVA_LONG);
    private static final MethodHandle TORCH_OPEN = bind("irs_torch_open", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle TORCH_DESCRIBE =
            bind("irs_torch_describe", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CPU_LEVEL = bind("irs_cpu_level", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle KERNEL_ENABLE = bind("irs_kernel_enable", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle KERNEL_RUNS = bind("irs_kernel_runs", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle KERNEL_CALLS = bind("irs_kernel_calls", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle MATMUL_RATE =
            bind("irs_matmul_rate", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle DEVICE_MEMORY = bind("irs_device_memory", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle CUDA_DEVICE_COUNT = bind("irs_cuda_device_count", JAVA_INT);
    private static final MethodHandle CUDA_DEVICE_DESCRIBE =
            bind("irs_cuda_device_describe", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);

    private NativeTorch() {}

    /** {@code irs_live_objects}. */
    public static long liveObjects() {
        try {
            return (long) LIVE_OBJECTS.invokeExact();
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_torch_open}. */
    public static void torchOpen(MemorySegment paths, int n) {
        try {
            NativeStatus.check((int) TORCH_OPEN.invokeExact(paths, n));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_torch_describe}. */
    public static void torchDescribe(MemorySegment text, int capacity, MemorySegment threads, MemorySegment hasCuda) {
        try {
            NativeStatus.check((int) TORCH_DESCRIBE.invokeExact(text, capacity, threads, hasCuda));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_cpu_level}. */
    public static void cpuLevel(MemorySegment text, int capacity) {
        try {
            NativeStatus.check((int) CPU_LEVEL.invokeExact(text, capacity));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_kernel_enable}. */
    public static void kernelEnable(MemorySegment name, int on) {
        try {
            NativeStatus.check((int) KERNEL_ENABLE.invokeExact(name, on));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_kernel_runs}. */
    public static void kernelRuns(MemorySegment out, MemorySegment name) {
        try {
            NativeStatus.check((int) KERNEL_RUNS.invokeExact(out, name));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_kernel_calls}. */
    public static void kernelCalls(MemorySegment out, MemorySegment name) {
        try {
            NativeStatus.check((int) KERNEL_CALLS.invokeExact(out, name));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_matmul_rate}. */
    public static void matmulRate(MemorySegment out, int device, int dtype, int n, int repeats) {
        try {
            NativeStatus.check((int) MATMUL_RATE.invokeExact(out, device, dtype, n, repeats));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_device_memory}. */
    public static void deviceMemory(MemorySegment freeBytes, MemorySegment totalBytes, int device) {
        try {
            NativeStatus.check((int) DEVICE_MEMORY.invokeExact(freeBytes, totalBytes, device));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_cuda_device_count}. */
    public static int cudaDeviceCount() {
        try {
            return (int) CUDA_DEVICE_COUNT.invokeExact();
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    /** {@code irs_cuda_device_describe}. */
    public static void cudaDeviceDescribe(
            MemorySegment name,
            int capacity,
            MemorySegment totalBytes,
            MemorySegment major,
            MemorySegment minor,
            int device) {
        try {
            NativeStatus.check(
                    (int) CUDA_DEVICE_DESCRIBE.invokeExact(name, capacity, totalBytes, major, minor, device));
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }
}
