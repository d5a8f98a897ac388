package io.irscale.cli.parity;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A golden tensor by name. All but {@link #name} and {@link #used} throw {@link MissingGoldenException} where the file
 * lacks it.
 *
 * @param file holds it
 * @param name within the file
 */
record Golden(GoldenFile file, String name) {
    /** Says that the tensor was compared, or that others, computed from it, will be. */
    Golden used() {
        file.use(name);
        return this;
    }

    long[] shape() {
        return stored().shape().stream().mapToLong(size -> size).toArray();
    }

    /** The elements, flat. */
    double[] values() {
        MemorySegment data = stored().data();
        DType dtype = stored().dtype();
        double[] values = new double[Math.toIntExact(data.byteSize() / dtype.bytes())];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(data, dtype, (long) i * dtype.bytes());
        }
        return values;
    }

    /** The elements, flat and rounded to F32. */
    float[] floats() {
        double[] values = values();
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The tensor for a model; on the CPU it may be the mapped file itself, so not for writing. */
    Tensor tensor(Device device, DType dtype) {
        StoredTensor stored = stored();
        try (Tensor mapped = Tensor.wrap(stored.data(), stored.dtype(), shape())) {
            return mapped.to(device, dtype);
        }
    }

    private StoredTensor stored() {
        return file.stored(name);
    }

    private double value(MemorySegment data, DType dtype, long at) {
        return switch (dtype) {
            case U8 -> Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
            case BF16 -> Float.intBitsToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) << 16);
            case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
            case F64 -> data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at);
            case I64 -> data.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
            case BOOL, I8, I16, F16, I32 ->
                throw new InvalidInputException(
                        "%s: tensor '%s' is %s, which no golden is".formatted(file.name(), name, dtype));
        };
    }
}
