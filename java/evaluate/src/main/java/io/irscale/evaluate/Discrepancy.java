package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.ejml.data.DMatrixRMaj;

/**
 * Squared maximum mean discrepancy of two sets under a kernel (Gretton et al. 2012, A Kernel Two-Sample Test, equations
 * 3 and 5), for chosen rows of the generated set. Holds the kernel of all pairs: 8·(N² + M² + N·M) bytes.
 */
final class Discrepancy {
    private static final int MOST_ROWS = 12_000;

    private final DMatrixRMaj generated;
    private final DMatrixRMaj reference;
    private final DMatrixRMaj cross;

    /** @param kernel of the inner product of two rows */
    Discrepancy(String metric, DMatrixRMaj reference, DMatrixRMaj generated, DoubleUnaryOperator kernel) {
        int rows = Math.max(reference.numRows, generated.numRows);
        if (rows > MOST_ROWS) {
            throw new InvalidInputException(
                    "%s: a set has %d images, expected at most %d".formatted(metric, rows, MOST_ROWS));
        }
        this.generated = apply(kernel, Matrices.dots(generated, generated));
        this.reference = apply(kernel, Matrices.dots(reference, reference));
        this.cross = apply(kernel, Matrices.dots(generated, reference));
    }

    private static DMatrixRMaj apply(DoubleUnaryOperator kernel, DMatrixRMaj dots) {
        for (int i = 0; i < dots.data.length; i++) {
            dots.data[i] = kernel.applyAsDouble(dots.data[i]);
        }
        return dots;
    }

    int generatedCount() {
        return generated.numRows;
    }

    int referenceCount() {
        return reference.numRows;
    }

    /** Means over all pairs, a row with itself included. */
    double biased(int[] generatedRows, int[] referenceRows) {
        int[] x = Rows.multiplicities(generatedRows, generatedCount());
        int[] y = Rows.multiplicities(referenceRows, referenceCount());
        return sum(generated, x, x) / square(generatedRows.length)
                + sum(reference, y, y) / square(referenceRows.length)
                - crossTerm(x, y);
    }

    /** Means over pairs of different images: one that was drawn twice makes no pair with itself. */
    double unbiased(int[] generatedRows, int[] referenceRows) {
        int[] x = Rows.multiplicities(generatedRows, generatedCount());
        int[] y = Rows.multiplicities(referenceRows, referenceCount());
        return betweenDifferent(generated, x) + betweenDifferent(reference, y) - crossTerm(x, y);
    }

    private double crossTerm(int[] x, int[] y) {
        double pairs = (double) Arrays.stream(x).sum() * Arrays.stream(y).sum();
        return 2 * sum(cross, x, y) / pairs;
    }

    private static double betweenDifferent(DMatrixRMaj kernel, int[] times) {
        double sum = sum(kernel, times, times);
        double pairs = square(Arrays.stream(times).sum());
        for (int i = 0; i < times.length; i++) {
            sum -= square(times[i]) * kernel.data[i * times.length + i];
            pairs -= square(times[i]);
        }
        return sum / pairs;
    }

    private static double sum(DMatrixRMaj kernel, int[] x, int[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            if (x[i] != 0) {
                double row = 0;
                for (int j = 0; j < y.length; j++) {
                    row += y[j] * kernel.data[i * y.length + j];
                }
                sum += x[i] * row;
            }
        }
        return sum;
    }

    private static double square(double value) {
        return value * value;
    }
}
