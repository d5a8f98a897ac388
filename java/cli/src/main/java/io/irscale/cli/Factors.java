package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraUpdate;
import io.irscale.tensor.StoredTensor;

/** The numbers in a LoRA's factors, in double precision. */
final class Factors {
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
        double[] values = new double[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.value(i);
            if (!Double.isFinite(values[i])) {
                throw new InvalidInputException(
                        "%s: tensor '%s' holds NaN or infinite values".formatted(tensor.file(), tensor.name()));
            }
        }
        return values;
    }
}
