package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/** A covariance matrix that somebody else computed. */
final class Covariance {
    /** By which share of the largest number it may be asymmetric, and of the largest eigenvalue below 0. */
    private static final double TOLERANCE = 1e-6;

    private Covariance() {}

    /**
     * F (r, d) with C = FᵀF, of the eigenvectors of C whose eigenvalues are above 0, each times the root of its own.
     * Those that rounding brought below 0 count as 0.
     *
     * @param where names it in messages
     * @param values C (d, d); written to
     * @param rounding by which share of it each number may be off
     * @throws InvalidInputException if C is not finite, symmetric and positive semi-definite, within rounding
     */
    static DMatrixRMaj factor(String where, double[] values, int d, double rounding) {
        makeSymmetric(where, values, d);
        List<Matrices.Eigenpair> pairs = Matrices.eigenpairs(DMatrixRMaj.wrap(d, d, values));
        double least = 0;
        double largest = 0;
        double square = 0;
        for (Matrices.Eigenpair pair : pairs) {
            least = Math.min(least, pair.value());
            largest = Math.max(largest, pair.value());
            square += pair.value() * pair.value();
        }
        // An error moves no eigenvalue by more than its own Frobenius norm (Weyl).
        if (-least > Math.max(TOLERANCE * largest, rounding * Math.sqrt(square))) {
            throw new InvalidInputException(
                    "%s has the eigenvalue %s beside %s, expected a covariance, which has none below 0"
                            .formatted(where, (float) least, (float) largest));
        }
        List<Matrices.Eigenpair> positive =
                pairs.stream().filter(pair -> pair.value() > 0).toList();
        // A covariance of 0 has one row of 0.
        DMatrixRMaj factor = new DMatrixRMaj(Math.max(1, positive.size()), d);
        for (int row = 0; row < positive.size(); row++) {
            double root = Math.sqrt(positive.get(row).value());
            double[] vector = positive.get(row).vector().data;
            for (int k = 0; k < d; k++) {
                factor.data[row * d + k] = root * vector[k];
            }
        }
        return factor;
    }

    private static void makeSymmetric(String where, double[] values, int d) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < d; i++) {
            for (int k = 0; k < i; k++) {
                double below = values[i * d + k];
                double above = values[k * d + i];
                if (Math.abs(below - above) > TOLERANCE * largest) {
                    throw new InvalidInputException(
                            "%s has %s in row %d, column %d and %s in row %d, column %d; expected a symmetric matrix"
                                    .formatted(where, below, i, k, above, k, i));
                }
                values[i * d + k] = (below + above) / 2;
                values[k * d + i] = (below + above) / 2;
            }
        }
    }
}
