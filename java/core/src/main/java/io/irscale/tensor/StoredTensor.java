package io.irscale.tensor;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A named tensor in host memory, as files store it: row-major, contiguous, little-endian. Values are not checked: NaN and
 * infinity may occur. A quantised one has fewer bytes than its dtype and shape ask for, until it is {@link #widened}.
 *
 * @param name its name; unique within a checkpoint
 * @param dtype type of its elements; of a quantised one, F32
 * @param shape sizes, outermost first; {@code []} is a scalar, a size may be 0
 * @param data exactly its bytes, at any alignment; usually a read-only piece of a mapped file, owned by the
 *     {@link Checkpoint} that gave it and valid until that closes
 * @param file the file it was read from, or is meant for; only named in messages
 * @param quantization how its values come out of its bytes; empty where they are as they stand
 */
public record StoredTensor(
        String name,
        DType dtype,
        List<Long> shape,
        MemorySegment data,
        Path file,
        Optional<Quantization> quantization) {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** @throws InvalidInputException if {@code data} does not have the size that dtype and shape ask for */
    public StoredTensor {
        shape = List.copyOf(shape);
        long bytes;
        try {
            bytes = byteSize(dtype, shape);
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    file + ": tensor '" + name + "' of shape " + shape + " has no size in 64 bits", e);
        }
        if (quantization.isEmpty() && data.byteSize() != bytes) {
            throw new InvalidInputException(file + ": tensor '" + name + "' has " + data.byteSize() + " bytes, but "
                    + dtype + " of shape " + shape + " takes " + bytes);
        }
    }

    /** A tensor whose values are as they stand. */
    public StoredTensor(String name, DType dtype, List<Long> shape, MemorySegment data, Path file) {
        this(name, dtype, shape, data, file, Optional.empty());
    }

    /**
     * Its bytes.
     *
     * @throws ClosedException if the checkpoint it belongs to is closed
     */
    @Override
    public MemorySegment data() {
        if (!data.scope().isAlive()) {
            throw new ClosedException(file + ": tensor '" + name + "' was used after its checkpoint was closed");
        }
        return data;
    }

    /**
     * Element {@code index} in row-major order; NaN and infinity are let through. Integers beyond 2^53 are rounded.
     *
     * @throws InvalidInputException if its dtype is no real number, or it is quantised
     */
    public double value(long index) {
        if (quantization.isPresent()) {
            throw new InvalidInputException(
                    file + ": tensor '" + name + "' is quantised (" + format() + ") where plain numbers were expected");
        }
        try {
            return plain(index * dtype.bytes());
        } catch (InternalError e) {
            throw CutFile.refusal(file, e);
        }
    }

    private double plain(long at) {
        return switch (dtype) {
            case BOOL, U8 -> data().get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case I8 -> data().get(ValueLayout.JAVA_BYTE, at);
            case F8_E4M3 -> Float8.ofE4m3(data().get(ValueLayout.JAVA_BYTE, at));
            case F8_E5M2 -> Float8.ofE5m2(data().get(ValueLayout.JAVA_BYTE, at));
            case F8_E8M0 -> Float8.ofE8m0(data().get(ValueLayout.JAVA_BYTE, at));
            case I16 -> data().get(SHORT, at);
            case U16 -> data().get(SHORT, at) & 0xFFFF;
            case F16 -> Float.float16ToFloat(data().get(SHORT, at));
            case BF16 -> Float.intBitsToFloat(data().get(SHORT, at) << 16);
            case I32 -> data().get(INT, at);
            case U32 -> data().get(INT, at) & 0xFFFFFFFFL;
            case F32 -> Float.intBitsToFloat(data().get(INT, at));
            case F64 -> Double.longBitsToDouble(data().get(LONG, at));
            case I64 -> data().get(LONG, at);
            case U64 -> new BigInteger(Long.toUnsignedString(data().get(LONG, at))).doubleValue();
            case C64 -> throw new InvalidInputException(file + ": tensor '" + name + "' is complex, not real");
        };
    }

    /** How many elements it has. */
    public long elements() {
        return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Bytes that it takes in its file, with the scales of a quantised one. */
    public long storedBytes() {
        return quantization
                .map(how -> how.packing().bytesOf(elements())
                        + how.scales().map(StoredTensor::storedBytes).orElse(0L))
                .orElse(data.byteSize());
    }

    /** What people call the way its values are stored: a dtype's name, or that of a quantisation such as {@code "nf4"}. */
    public String format() {
        return quantization.map(Quantization::format).orElse(dtype.name());
    }

    /**
     * The tensor with its values as they stand: itself, or a copy in F32 of one that was quantised.
     *
     * @param arena where the copy goes; it must outlive the result
     */
    public StoredTensor widened(Arena arena) {
        return CutFile.refuse(
                file,
                () -> quantization
                        .map(how -> new StoredTensor(name, dtype, shape, how.widen(arena, data(), elements()), file))
                        .orElse(this));
    }

    /** The same bytes under another name. */
    public StoredTensor named(String newName) {
        return new StoredTensor(newName, dtype, shape, data(), file, quantization);
    }

    /**
     * The slice {@code [begin, end)} along dimension 0, sharing the bytes.
     *
     * @throws InvalidInputException if the tensor is a scalar or the range leaves dimension 0
     */
    public StoredTensor rows(long begin, long end) {
        long rows = shape.isEmpty() ? -1 : shape.getFirst();
        if (begin < 0 || begin > end || end > rows) {
            throw new InvalidInputException(
                    file + ": tensor '" + name + "' of shape " + shape + " has no rows " + begin + " to " + end);
        }
        List<Long> sliced = new ArrayList<>(shape);
        sliced.set(0, end - begin);
        if (quantization.isPresent()) {
            long row = rows == 0 ? 0 : elements() / rows;
            return new StoredTensor(name, dtype, sliced, data(), file, quantization.map(how -> how.from(begin * row)));
        }
        long rowBytes = rows == 0 ? 0 : data.byteSize() / rows;
        return new StoredTensor(name, dtype, sliced, data().asSlice(begin * rowBytes, (end - begin) * rowBytes), file);
    }

    /**
     * The two halves along dimension 0 in the other order, copied.
     *
     * @param arena where the copy goes; it must outlive the result
     * @throws InvalidInputException if dimension 0 is odd or absent
     */
    public StoredTensor swapHalves(Arena arena) {
        if (shape.isEmpty() || shape.getFirst() % 2 != 0) {
            throw new InvalidInputException(
                    file + ": tensor '" + name + "' of shape " + shape + " must have an even number of rows");
        }
        MemorySegment from = widened(arena).data();
        long half = from.byteSize() / 2;
        MemorySegment to = arena.allocate(from.byteSize(), Long.BYTES);
        copy(from, half, to, 0, half);
        copy(from, 0, to, half, half);
        return new StoredTensor(name, dtype, shape, to.asReadOnly(), file);
    }

    /**
     * The transposed matrix, copied.
     *
     * @param arena where the copy goes; it must outlive the result
     * @throws InvalidInputException if the tensor is no matrix
     */
    public StoredTensor transpose(Arena arena) {
        if (shape.size() != 2) {
            throw new InvalidInputException(file + ": tensor '" + name + "' of shape " + shape + " must be a matrix");
        }
        long rows = shape.getFirst();
        long columns = shape.getLast();
        long element = dtype.bytes();
        MemorySegment from = widened(arena).data();
        MemorySegment to = arena.allocate(from.byteSize(), Long.BYTES);
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                copy(from, (row * columns + column) * element, to, (column * rows + row) * element, element);
            }
        }
        return new StoredTensor(name, dtype, List.of(columns, rows), to.asReadOnly(), file);
    }

    /**
     * The same bytes under another shape.
     *
     * @throws InvalidInputException if the new shape has another number of elements
     */
    public StoredTensor reshape(long... newShape) {
        StoredTensor reshaped =
                new StoredTensor(name, dtype, Arrays.stream(newShape).boxed().toList(), data(), file, quantization);
        if (reshaped.elements() != elements()) {
            throw new InvalidInputException(
                    file + ": tensor '" + name + "' of shape " + shape + " cannot be seen as " + reshaped.shape());
        }
        return reshaped;
    }

    private void copy(MemorySegment from, long at, MemorySegment to, long toAt, long bytes) {
        try {
            MemorySegment.copy(from, at, to, toAt, bytes);
        } catch (InternalError e) {
            throw CutFile.refusal(file, e);
        }
    }

    /** Bytes that a tensor takes; throws ArithmeticException for a negative size and beyond 2^63 - 1. */
    static long byteSize(DType dtype, List<Long> shape) {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new ArithmeticException("negative size " + size);
            }
            elements = Math.multiplyExact(elements, size);
        }
        return Math.multiplyExact(elements, dtype.bytes());
    }
}
