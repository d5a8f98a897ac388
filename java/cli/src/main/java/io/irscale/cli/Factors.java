package io.irscale.cli;

import io.irscale.error.InternalException;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraUpdate;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The numbers in a LoRA's factors, in double precision. */
final class Factors {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Factors() {}

    /** @throws InvalidInputException if a value is NaN or infinite, naming the tensor */
    static void requireFinite(LoraUpdate update) {
        values(update.a());
        values(update.b());
    }

    /**
     * ‖scale B A‖ (Frobenius) without forming B A: the square is scale² tr((BᵀB)(AAᵀ)), whose factors are (rank, rank).
     *
     * @throws InvalidInputException if a value is NaN or infinite, naming the tensor
     */
    static double norm(LoraUpdate update) {
        int rank = Math.toIntExact(update.rank());
        double[] a = gram(transposed(values(update.a()), rank), rank);
        double[] b = gram(values(update.b()), rank);
        double trace = 0;
        for (int i = 0; i < rank; i++) {
            for (int j = 0; j < i; j++) {
                trace += 2 * a[i * rank + j] * b[i * rank + j];
            }
            trace += a[i * rank + i] * b[i * rank + i];
        }
        // Rounding may leave a zero update just below 0.
        return Math.abs(update.scale()) * Math.sqrt(Math.max(trace, 0));
    }

    /** The lower half of xᵀx for x (n, rank). */
    private static double[] gram(double[] x, int rank) {
        double[] gram = new double[rank * rank];
        for (int row = 0; row < x.length; row += rank) {
            for (int i = 0; i < rank; i++) {
                for (int j = 0; j <= i; j++) {
                    gram[i * rank + j] += x[row + i] * x[row + j];
                }
            }
        }
        return gram;
    }

    private static double[] transposed(double[] x, int rows) {
        int columns = x.length / rows;
        double[] transposed = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            transposed[i % columns * rows + i / columns] = x[i];
        }
        return transposed;
    }

    private static double[] values(StoredTensor tensor) {
        MemorySegment data = tensor.data();
        double[] values =
                new double[Math.toIntExact(data.byteSize() / tensor.dtype().bytes())];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.dtype()) {
                case F16 -> Float.float16ToFloat(data.get(SHORT, 2L * i));
                case BF16 -> Float.intBitsToFloat(data.get(SHORT, 2L * i) << 16);
                case F32 -> data.get(FLOAT, 4L * i);
                case F64 -> data.get(DOUBLE, 8L * i);
                default -> throw new InternalException(tensor.name() + " is " + tensor.dtype() + ", not a float type");
            };
            if (!Double.isFinite(values[i])) {
                throw new InvalidInputException(
                        "%s: tensor '%s' holds NaN or infinite values".formatted(tensor.file(), tensor.name()));
            }
        }
        return values;
    }
}
