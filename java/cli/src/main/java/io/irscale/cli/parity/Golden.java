package io.irscale.cli.parity;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;

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
        StoredTensor stored = stored();
        double[] values = new double[Math.toIntExact(stored.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored.value(i);
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
}
