package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * Precision and recall (Kynkäänniemi et al. 2019, arXiv 1904.06991) and density and coverage (Naeem et al. 2020, arXiv
 * 2002.09797) over balls round each image that reach to its k-th neighbour in its own set; an image lies in a ball if it
 * is nearer than the radius, as in the second paper's published code.
 *
 * <p>Precision and density are means over the generated images, recall and coverage over the reference images, with the
 * balls as they are: those are the rows that a {@link Bootstrap} draws from.
 *
 * @param precision share of generated images in some ball of the reference
 * @param recall share of reference images in some ball of the generated ones
 * @param density balls of the reference round a generated image, over k; may exceed 1
 * @param coverage share of reference images whose ball holds a generated image
 */
public record Manifolds(RowMean precision, RowMean recall, RowMean density, RowMean coverage) {
    private static final int MOST_ROWS = 20_000;

    /**
     * Compares two sets. Memory: 8 bytes a pair of images, for one pair of sets at a time.
     *
     * @param k neighbours, at least 1; published figures have 3 (precision, recall) and 5 (density, coverage)
     * @throws InvalidInputException if the dimensions differ, or a set has not more than k rows or more than 20,000
     */
    public static Manifolds of(Features reference, Features generated, int k) {
        reference.requireDimensionsOf(generated);
        requireRows(reference, k);
        requireRows(generated, k);
        DMatrixRMaj real = reference.matrix();
        DMatrixRMaj fake = generated.matrix();
        double[] realRadii = squaredRadii(real, k);
        double[] fakeRadii = squaredRadii(fake, k);
        DMatrixRMaj distances = Matrices.squaredDistances(real, fake);
        double[] precision = new double[fake.numRows];
        double[] density = new double[fake.numRows];
        double[] recall = new double[real.numRows];
        double[] coverage = new double[real.numRows];
        for (int i = 0; i < real.numRows; i++) {
            for (int j = 0; j < fake.numRows; j++) {
                double distance = distances.data[i * fake.numRows + j];
                if (distance < realRadii[i]) {
                    precision[j] = 1;
                    density[j] += 1.0 / k;
                    coverage[i] = 1;
                }
                if (distance < fakeRadii[j]) {
                    recall[i] = 1;
                }
            }
        }
        return new Manifolds(
                new RowMean("precision", precision),
                new RowMean("recall", recall),
                new RowMean("density", density),
                new RowMean("coverage", coverage));
    }

    private static void requireRows(Features features, int k) {
        if (k < 1 || k >= features.count() || features.count() > MOST_ROWS) {
            throw new InvalidInputException(
                    "precision and recall: k is %d for a set of %d images, expected 1 to %d of at most %d"
                            .formatted(k, features.count(), features.count() - 1, MOST_ROWS));
        }
    }

    private static double[] squaredRadii(DMatrixRMaj rows, int k) {
        DMatrixRMaj distances = Matrices.squaredDistances(rows, rows);
        double[] radii = new double[rows.numRows];
        for (int i = 0; i < radii.length; i++) {
            double[] sorted = Arrays.copyOfRange(distances.data, i * radii.length, (i + 1) * radii.length);
            Arrays.sort(sorted);
            // The first is the image itself, at 0.
            radii[i] = sorted[k];
        }
        return radii;
    }
}
