package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraTerm;
import io.irscale.lora.LoraUpdate;
import io.irscale.lora.VectorUpdate;
import io.irscale.tensor.StoredTensor;

/** The numbers in a LoRA's tensors, in double precision. */
final class Factors {
    private Factors() {}

    /** @throws InvalidInputException if a value is NaN or infinite, naming the tensor */
    static void requireFinite(LoraUpdate update) {
        update.term().tensors().forEach(Factors::values);
        update.magnitude().ifPresent(magnitude -> values(magnitude.values()));
    }

    /** @throws InvalidInputException if a value is NaN or infinite, naming the tensor */
    static void requireFinite(VectorUpdate update) {
        values(update.difference());
    }

    /**
     * The Frobenius norm of scale times the term, before any magnitude.
     *
     * @throws InvalidInputException if a value is NaN or infinite, naming the tensor
     */
    static double norm(LoraUpdate update) {
        double squares = switch (update.term()) {
            case LoraTerm.LowRank(var a, var b) -> ofProduct(a, b);
            case LoraTerm.Kronecker kronecker -> ofRows(kronecker);
            case LoraTerm.Hadamard(var w1a, var w1b, var w2a, var w2b) ->
                ofElements(product(w1a, w1b), product(w2a, w2b));
            case LoraTerm.Difference(var weight) -> ofElements(values(weight));
        };
        // Rounding may leave a zero update just below 0.
        return Math.abs(update.scale()) * Math.sqrt(Math.max(squares, 0));
    }

    /** ‖B A‖² without forming B A: tr((BᵀB)(AAᵀ)), whose factors are (rank, rank). */
    private static double ofProduct(StoredTensor right, StoredTensor left) {
        int rank = rows(right);
        double[] a = gram(transposed(values(right), rank), rank);
        double[] b = gram(values(left), rank);
        double trace = 0;
        for (int i = 0; i < rank; i++) {
            for (int j = 0; j < i; j++) {
                trace += 2 * a[i * rank + j] * b[i * rank + j];
            }
            trace += a[i * rank + i] * b[i * rank + i];
        }
        return trace;
    }

    /** A row of w1 ⊗ w2 has the norm of a row of w1 times that of a row of w2. */
    private static double ofRows(LoraTerm.Kronecker kronecker) {
        double[] w1 = rowSquares(kronecker.w1());
        double[] w2 = rowSquares(kronecker.w2());
        double sum = 0;
        for (long i = 0; i < kronecker.rows(); i++) {
            int row = (int) ((kronecker.firstRow() + i) % ((long) w1.length * w2.length));
            sum += w1[row / w2.length] * w2[row % w2.length];
        }
        return sum;
    }

    private static double[] rowSquares(LoraTerm.Factor factor) {
        double[] all =
                factor.right().map(right -> product(factor.left(), right)).orElseGet(() -> values(factor.left()));
        int rows = (int) factor.rows();
        int columns = all.length / rows;
        double[] squares = new double[rows];
        for (int i = 0; i < all.length; i++) {
            squares[i / columns] += all[i] * all[i];
        }
        return squares;
    }

    private static double ofElements(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value * value;
        }
        return sum;
    }

    private static double ofElements(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * x[i] * y[i] * y[i];
        }
        return sum;
    }

    private static double[] product(StoredTensor left, StoredTensor right) {
        double[] a = values(left);
        double[] b = values(right);
        int inner = rows(right);
        int columns = b.length / inner;
        double[] product = new double[a.length / inner * columns];
        for (int i = 0; i < a.length; i++) {
            int to = i / inner * columns;
            int from = i % inner * columns;
            for (int j = 0; j < columns; j++) {
                product[to + j] += a[i] * b[from + j];
            }
        }
        return product;
    }

    private static int rows(StoredTensor matrix) {
        return Math.toIntExact(matrix.shape().getFirst());
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
