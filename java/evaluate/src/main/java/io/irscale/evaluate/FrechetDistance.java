package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import org.ejml.data.DMatrixRMaj;

/**
 * Fréchet distance between the normal distributions fitted to two sets of features: |μ₁ - μ₂|² + tr(C₁ + C₂ -
 * 2·(C₁C₂)^½) (Heusel et al. 2017, arXiv 1706.08500, equation 6; FID when the features are Inception's pool3).
 *
 * <p>With C = FᵀF the eigenvalues of C₁C₂ are the squares of the singular values of F₁F₂ᵀ, so tr (C₁C₂)^½ is the sum of
 * those singular values. No matrix is inverted and no root is taken of an eigenvalue near 0: singular covariances and
 * fewer images than dimensions lose no digits, and the 1e-6 that pytorch-fid adds to the diagonals where its matrix root
 * fails is never needed, nor added.
 *
 * <p>The distance falls as the number of images grows: only distances at equal counts can be compared.
 */
public final class FrechetDistance implements Statistic {
    private final Moments reference;
    private final double referenceTrace;
    private final DMatrixRMaj generated;
    // generated · Fᵀ of the reference.
    private final DMatrixRMaj projected;

    /**
     * The distance of {@code generated}, whose rows are chosen from, to {@code reference}.
     *
     * @throws InvalidInputException if the dimensions differ or a set has fewer than 2 rows
     */
    public FrechetDistance(Moments reference, Features generated) {
        generated.requireRows(2, "Fréchet distance");
        if (generated.dimensions() != reference.dimensions()) {
            throw new InvalidInputException("Fréchet distance: features have %d dimensions, the reference's %d"
                    .formatted(generated.dimensions(), reference.dimensions()));
        }
        this.reference = reference;
        this.referenceTrace = Matrices.squaredLength(reference.factor().data);
        this.generated = generated.matrix();
        this.projected = Matrices.dots(this.generated, reference.factor());
    }

    @Override
    public int count() {
        return generated.numRows;
    }

    /** The squared distance, at least 0; {@code rows} are at least 2. */
    @Override
    public double of(int[] rows) {
        double[] mean = Moments.mean(generated, rows);
        double trace = Matrices.squaredLength(Moments.centred(generated, rows, mean).data);
        DMatrixRMaj cross = Moments.centred(projected, rows, Moments.mean(projected, rows));
        double distance = trace + referenceTrace - 2 * Matrices.nuclearNorm(cross);
        double[] other = reference.mean();
        for (int k = 0; k < mean.length; k++) {
            distance += (mean[k] - other[k]) * (mean[k] - other[k]);
        }
        // Rounding leaves a few 1e-16 of the traces between equal sets, on either side of 0.
        return Math.max(0, distance);
    }
}
