package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import org.ejml.data.DMatrixRMaj;

/**
 * Mean and covariance of features. The covariance C (divided by N - 1, as {@code numpy.cov} does) is kept as a factor F
 * (r, d), r at most min(N, d), with C = FᵀF: that keeps the digits of small variances, which C itself would lose.
 */
public final class Moments {
    private final double[] mean;
    private final DMatrixRMaj factor;

    Moments(double[] mean, DMatrixRMaj factor) {
        this.mean = mean;
        this.factor = factor;
    }

    /**
     * The moments of a set.
     *
     * @throws InvalidInputException if it has fewer than 2 rows
     */
    public static Moments of(Features features) {
        features.requireRows(2, "covariance");
        DMatrixRMaj rows = features.matrix();
        double[] mean = mean(rows, Rows.all(rows.numRows));
        DMatrixRMaj centred = centred(rows, Rows.all(rows.numRows), mean);
        return new Moments(mean, centred.numRows > centred.numCols ? Matrices.triangle(centred) : centred);
    }

    /** d. */
    public int dimensions() {
        return mean.length;
    }

    /** A copy of the mean, (d). */
    public double[] mean() {
        return mean.clone();
    }

    /** F, borrowed: not to be written to. */
    DMatrixRMaj factor() {
        return factor;
    }

    /** The mean of the chosen rows. */
    static double[] mean(DMatrixRMaj matrix, int[] rows) {
        double[] mean = new double[matrix.numCols];
        for (int row : rows) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += matrix.data[row * mean.length + k];
            }
        }
        for (int k = 0; k < mean.length; k++) {
            mean[k] /= rows.length;
        }
        return mean;
    }

    /** The chosen rows less {@code mean}, over √(n - 1): its transpose times itself is their covariance. */
    static DMatrixRMaj centred(DMatrixRMaj matrix, int[] rows, double[] mean) {
        int d = mean.length;
        double scale = Math.sqrt(rows.length - 1.0);
        DMatrixRMaj centred = new DMatrixRMaj(rows.length, d);
        for (int i = 0; i < rows.length; i++) {
            for (int k = 0; k < d; k++) {
                centred.data[i * d + k] = (matrix.data[rows[i] * d + k] - mean[k]) / scale;
            }
        }
        return centred;
    }
}
