package io.irscale.tensor;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in native memory, row-major. It has one owner, who closes it, and belongs to the thread that made it: use
 * from another thread throws {@link WrongThreadException}, use after {@link #close} {@link ClosedException}. Rows are
 * dimension 0. Methods that return a tensor hand it to the caller.
 */
public final class Tensor implements AutoCloseable {
    private static final int MAX_DIMS = 8;

    private final NativeObject object;
    // Java memory that the storage may share; its arena must stay open.
    private final @Nullable MemorySegment backing;

    private final DType dtype;
    private final Device device;
    private final long[] shape;

    private Tensor(NativeObject object, @Nullable MemorySegment backing) {
        this.object = object;
        this.backing = backing;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment where = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment dims = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment sizes = arena.allocate(ValueLayout.JAVA_LONG, MAX_DIMS);
            NativeTensor.describe(type, where, dims, sizes, object.handle());
            dtype = DType.ofCode(type.get(ValueLayout.JAVA_INT, 0));
            device = new Device(where.get(ValueLayout.JAVA_INT, 0));
            shape = Arrays.copyOf(sizes.toArray(ValueLayout.JAVA_LONG), dims.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** For the other packages of irscale: makes a tensor by a native call that fills {@code irs_tensor **out}. */
    public static Tensor create(Consumer<MemorySegment> call) {
        return derive(null, call);
    }

    /** For the other packages of irscale: takes over a handle that a native call wrote to {@code out}. */
    public static Tensor adopt(MemorySegment out) {
        return new Tensor(NativeObject.adopt("tensor", out, NativeTensor::free), null);
    }

    private static Tensor derive(@Nullable MemorySegment backing, Consumer<MemorySegment> call) {
        NativeObject object = NativeObject.create("tensor", call, NativeTensor::free);
        try {
            return new Tensor(object, backing);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /**
     * Wraps native (off-heap) memory without a copy; the memory's arena must stay open while the tensor is used. Memory
     * that is read-only is not written to: {@link #memory} is then read-only too.
     *
     * @param memory contiguous elements, exactly the tensor's size
     * @throws InvalidInputException if the memory is on the heap or its size is not the shape's
     */
    public static Tensor wrap(MemorySegment memory, DType dtype, long... shape) {
        if (!memory.isNative()) {
            throw new InvalidInputException("the memory of a tensor is on the Java heap, expected off-heap memory");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocateFrom(ValueLayout.JAVA_LONG, shape);
            return derive(
                    memory,
                    out -> NativeTensor.wrap(out, memory, memory.byteSize(), dtype.code(), shape.length, sizes));
        }
    }

    /** A copy of {@code values} on the CPU in F32. */
    public static Tensor of(float[] values, long... shape) {
        try (Arena arena = Arena.ofConfined();
                Tensor borrowed = wrap(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values), DType.F32, shape)) {
            return borrowed.copy();
        }
    }

    /** The element type. */
    public DType dtype() {
        return dtype;
    }

    /** Where the tensor lives. */
    public Device device() {
        return device;
    }

    /** The sizes of its dimensions. */
    public long[] shape() {
        return shape.clone();
    }

    /**
     * The size of dimension {@code d}.
     *
     * @throws InvalidInputException if there is no such dimension
     */
    public long size(int d) {
        if (d < 0 || d >= shape.length) {
            throw new InvalidInputException(
                    "a tensor of shape %s has no dimension %d".formatted(Arrays.toString(shape), d));
        }
        return shape[d];
    }

    /** The number of elements. */
    public long elements() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** For the other packages of irscale: the handle for a native call. */
    public MemorySegment handle() {
        if (backing != null && !backing.scope().isAlive()) {
            throw new ClosedException("the memory behind a tensor was closed");
        }
        return object.handle();
    }

    /**
     * For the other packages of irscale: the handle for a native call that writes to the tensor.
     *
     * @throws InvalidInputException if the tensor shares read-only memory, such as a mapped file
     */
    public MemorySegment writableHandle() {
        if (isReadOnly()) {
            throw new InvalidInputException("the memory behind a tensor is read-only; write to a copy of it");
        }
        return handle();
    }

    private boolean isReadOnly() {
        return backing != null && backing.isReadOnly();
    }

    /**
     * The memory of a CPU tensor itself: writes show in the tensor. Valid until it closes.
     *
     * @throws InvalidInputException on a CUDA device (use {@link #floats}) or for a view that is not contiguous
     */
    public MemorySegment memory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            NativeTensor.data(data, bytes, handle());
            MemorySegment view = object.view(data.get(ValueLayout.ADDRESS, 0), bytes.get(ValueLayout.JAVA_LONG, 0));
            return isReadOnly() ? view.asReadOnly() : view;
        }
    }

    /**
     * Copies the elements, of any device, into off-heap memory of exactly the tensor's size.
     *
     * @throws InvalidInputException if the destination is on the heap, read-only or of another size
     */
    public void read(MemorySegment destination) {
        if (!destination.isNative() || destination.isReadOnly()) {
            throw new InvalidInputException("the destination of a tensor is %s, expected off-heap memory to write to"
                    .formatted(destination.isNative() ? "read-only" : "on the Java heap"));
        }
        NativeTensor.read(destination, destination.byteSize(), handle());
    }

    /** The elements as floats, converted from any dtype and device. */
    public float[] floats() {
        try (Arena arena = Arena.ofConfined();
                Tensor converted = to(device, DType.F32)) {
            MemorySegment out = arena.allocate(elements() * Float.BYTES, Float.BYTES);
            converted.read(out);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** This tensor on {@code device} in {@code dtype}; shares the storage where neither changes. */
    public Tensor to(Device toDevice, DType toDtype) {
        boolean shared = toDevice.equals(device) && toDtype == dtype;
        return derive(
                shared ? backing : null, out -> NativeTensor.convert(out, handle(), toDevice.index(), toDtype.code()));
    }

    /**
     * A tensor with a storage of its own.
     *
     * @throws InvalidInputException for a scalar, which has no rows
     */
    public Tensor copy() {
        long[] all = new long[shape.length == 0 ? 0 : Math.toIntExact(shape[0])];
        Arrays.setAll(all, i -> i);
        return rows(all);
    }

    /**
     * The named rows in that order, copied: fork, drop and reorder in one.
     *
     * @throws InvalidInputException if a row is out of range
     */
    public Tensor rows(long... rows) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment index = arena.allocateFrom(ValueLayout.JAVA_LONG, rows);
            return derive(null, out -> NativeTensor.selectRows(out, handle(), rows.length, index));
        }
    }

    /** Rows {@code [begin, begin + count)} as a view of the same storage. */
    public Tensor slice(long begin, long count) {
        return derive(backing, out -> NativeTensor.sliceRows(out, handle(), begin, count));
    }

    /** The rows of all {@code parts} one after another, copied. */
    public static Tensor concat(List<Tensor> parts) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handles = arena.allocate(ValueLayout.ADDRESS, Math.max(1, parts.size()));
            for (int i = 0; i < parts.size(); i++) {
                handles.setAtIndex(ValueLayout.ADDRESS, i, parts.get(i).handle());
            }
            return derive(null, out -> NativeTensor.concatRows(out, parts.size(), handles));
        }
    }

    @Override
    public void close() {
        object.close();
    }

    @Override
    public String toString() {
        return "%s%s on %s".formatted(dtype, Arrays.toString(shape), device);
    }
}
