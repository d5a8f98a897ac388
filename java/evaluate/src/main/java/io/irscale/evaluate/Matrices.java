package io.irscale.evaluate;

import io.irscale.error.InternalException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRBlock;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.block.MatrixOps_DDRB;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/** The linear algebra of the metrics, by EJML. Results do not depend on the number of cores. */
final class Matrices {
    private Matrices() {}

    /** a·bᵀ: the inner products (N, M) of the rows of {@code a} (N, d) and of {@code b} (M, d). */
    static DMatrixRMaj dots(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRBlock product = new DMatrixRBlock(a.numRows, b.numRows);
        MatrixOps_DDRB.multTransB(MatrixOps_DDRB.convert(a), MatrixOps_DDRB.convert(b), product);
        return MatrixOps_DDRB.convert(product, null);
    }

    /**
     * Squared distances (N, M) of the rows of {@code a} (N, d) and of {@code b} (M, d), from the differences: equal rows
     * are exactly 0 apart.
     */
    static DMatrixRMaj squaredDistances(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj distances = new DMatrixRMaj(a.numRows, b.numRows);
        int d = a.numCols;
        IntStream.range(0, a.numRows).parallel().forEach(i -> {
            for (int j = 0; j < b.numRows; j++) {
                double sum = 0;
                for (int k = 0; k < d; k++) {
                    double difference = a.data[i * d + k] - b.data[j * d + k];
                    sum += difference * difference;
                }
                distances.data[i * b.numRows + j] = sum;
            }
        });
        return distances;
    }

    /** The sum of the singular values; {@code matrix} is used up. */
    static double nuclearNorm(DMatrixRMaj matrix) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, false, false, true);
        if (!svd.decompose(matrix)) {
            throw new InternalException("the singular values of a matrix of %d rows and %d columns did not converge"
                    .formatted(matrix.numRows, matrix.numCols));
        }
        return Arrays.stream(svd.getSingularValues()).sum();
    }

    /** R of the QR decomposition: RᵀR is {@code tall}ᵀ·{@code tall}, and R is square. {@code tall} is used up. */
    static DMatrixRMaj triangle(DMatrixRMaj tall) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(tall.numRows, tall.numCols);
        if (!qr.decompose(tall)) {
            throw new InternalException("the QR decomposition of a matrix of %d rows and %d columns failed"
                    .formatted(tall.numRows, tall.numCols));
        }
        return qr.getR(null, true);
    }

    /**
     * An eigenvalue.
     *
     * @param value it
     * @param vector its eigenvector (d, 1) of length 1
     */
    record Eigenpair(double value, DMatrixRMaj vector) {}

    /** All of a symmetric matrix (d, d), in no order; the matrix is used up. */
    static List<Eigenpair> eigenpairs(DMatrixRMaj symmetric) {
        int d = symmetric.numRows;
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(d, true, true);
        if (!eigen.decompose(symmetric)) {
            throw new InternalException(
                    "the eigenvalues of a matrix of %d rows and columns did not converge".formatted(d));
        }
        return IntStream.range(0, d)
                .mapToObj(i -> new Eigenpair(eigen.getEigenvalue(i).real, eigen.getEigenVector(i)))
                .toList();
    }

    static double squaredLength(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }
}
