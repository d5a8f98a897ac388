package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Tensor;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;

/** What an encoder makes of N images: one row of d finite numbers an image. Immutable. */
public final class Features {
    private final int count;
    private final int dimensions;
    private final float[] values;

    private Features(int count, int dimensions, float[] values) {
        this.count = count;
        this.dimensions = dimensions;
        this.values = values;
    }

    /**
     * Takes over {@code values}.
     *
     * @param values (count, dimensions), row-major; not written to afterwards
     * @param count N, at least 1
     * @param dimensions d, at least 1
     * @throws InvalidInputException if the sizes do not fit, or a value is NaN or infinite
     */
    public static Features of(float[] values, int count, int dimensions) {
        if (count < 1 || dimensions < 1 || (long) count * dimensions != values.length) {
            throw new InvalidInputException("features of shape (%d, %d): come with %d values, expected their product"
                    .formatted(count, dimensions, values.length));
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new InvalidInputException("features: row %d, column %d is %s, expected a finite number"
                        .formatted(i / dimensions, i % dimensions, values[i]));
            }
        }
        return new Features(count, dimensions, values);
    }

    /**
     * What an encoder gives.
     *
     * @param tensor (N, d) in F32; borrowed
     * @throws InvalidInputException if a value is NaN or infinite
     */
    static Features of(Tensor tensor) {
        return of(tensor.floats(), Math.toIntExact(tensor.size(0)), Math.toIntExact(tensor.size(1)));
    }

    /**
     * One below the other.
     *
     * @param parts at least one
     * @throws InvalidInputException if their dimensions differ
     */
    public static Features concat(List<Features> parts) {
        Features first = parts.getFirst();
        int rows = 0;
        for (Features part : parts) {
            first.requireDimensionsOf(part);
            rows = Math.addExact(rows, part.count);
        }
        float[] all = new float[Math.multiplyExact(rows, first.dimensions)];
        int at = 0;
        for (Features part : parts) {
            System.arraycopy(part.values, 0, all, at, part.values.length);
            at += part.values.length;
        }
        return new Features(rows, first.dimensions, all);
    }

    /** N. */
    public int count() {
        return count;
    }

    /** d. */
    public int dimensions() {
        return dimensions;
    }

    /** A copy of the values, (N, d), row-major. */
    public float[] values() {
        return values.clone();
    }

    /**
     * A subset without repetition, see {@link Rows#sample}: how sets are brought to equal counts.
     *
     * @param size from 1 to N
     * @throws InvalidInputException for another size
     */
    public Features draw(int size, long seed) {
        int[] rows = Rows.sample(count, size, seed);
        float[] drawn = new float[size * dimensions];
        for (int i = 0; i < size; i++) {
            System.arraycopy(values, rows[i] * dimensions, drawn, i * dimensions, dimensions);
        }
        return new Features(size, dimensions, drawn);
    }

    /**
     * Checks that sets can be compared: distances fall as counts grow, so each arm has to have as many images.
     *
     * @param arms by name
     * @throws InvalidInputException if two counts differ, naming the sets
     */
    public static void requireEqualCounts(Map<String, Features> arms) {
        Comparator<Map.Entry<String, Features>> byCount = Comparator.comparingInt(arm -> arm.getValue().count);
        Map.Entry<String, Features> least = Collections.min(arms.entrySet(), byCount);
        Map.Entry<String, Features> most = Collections.max(arms.entrySet(), byCount);
        if (least.getValue().count != most.getValue().count) {
            throw new InvalidInputException("'%s' has %d images, '%s' %d, expected equal counts"
                    .formatted(least.getKey(), least.getValue().count, most.getKey(), most.getValue().count));
        }
    }

    /** A copy in float64. */
    DMatrixRMaj matrix() {
        DMatrixRMaj matrix = new DMatrixRMaj(count, dimensions);
        for (int i = 0; i < values.length; i++) {
            matrix.data[i] = values[i];
        }
        return matrix;
    }

    /** A copy in float64 with every row divided by its length. */
    DMatrixRMaj unitMatrix() {
        DMatrixRMaj matrix = matrix();
        for (int row = 0; row < count; row++) {
            double square = 0;
            for (int i = row * dimensions; i < (row + 1) * dimensions; i++) {
                square += matrix.data[i] * matrix.data[i];
            }
            if (square == 0) {
                throw new InvalidInputException("features: row %d has length 0, expected one above".formatted(row));
            }
            double length = Math.sqrt(square);
            for (int i = row * dimensions; i < (row + 1) * dimensions; i++) {
                matrix.data[i] /= length;
            }
        }
        return matrix;
    }

    void requireRows(int least, String metric) {
        if (count < least) {
            throw new InvalidInputException(
                    "%s: a set has %d images, expected at least %d".formatted(metric, count, least));
        }
    }

    void requireDimensionsOf(Features other) {
        if (dimensions != other.dimensions) {
            throw new InvalidInputException("features: one set has %d dimensions, the other %d; expected one encoder"
                    .formatted(dimensions, other.dimensions));
        }
    }
}
