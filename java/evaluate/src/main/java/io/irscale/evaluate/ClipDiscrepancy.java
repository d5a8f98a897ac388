package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;

/**
 * CMMD: 1000 times the biased squared maximum mean discrepancy of embeddings of unit length under the Gaussian kernel
 * exp(-|x - y|² / (2·10²)) (Jayasumana et al. 2024, arXiv 2401.09603, section 4; factor, σ and bias as in its published
 * code). Published figures are of CLIP ViT-L/14 at 336 pixels.
 */
public final class ClipDiscrepancy implements Statistic {
    private static final double SIGMA = 10;
    private static final double SCALE = 1000;

    private final Discrepancy discrepancy;
    private final int[] referenceRows;

    /**
     * The discrepancy of {@code generated}, whose rows are chosen from, and {@code reference}; rows are brought to unit
     * length here.
     *
     * @throws InvalidInputException if the dimensions differ, a row is 0, or a set has fewer than 2 rows or more than
     *     12,000
     */
    public ClipDiscrepancy(Features reference, Features generated) {
        reference.requireDimensionsOf(generated);
        reference.requireRows(2, "CMMD");
        generated.requireRows(2, "CMMD");
        // Less 1, which cancels between the three means: they are near 1 and differ in the fourth digit.
        discrepancy = new Discrepancy(
                "CMMD",
                reference.unitMatrix(),
                generated.unitMatrix(),
                dot -> Math.expm1(-(2 - 2 * dot) / (2 * SIGMA * SIGMA)));
        referenceRows = Rows.all(reference.count());
    }

    @Override
    public int count() {
        return discrepancy.generatedCount();
    }

    @Override
    public double of(int[] rows) {
        return SCALE * discrepancy.biased(rows, referenceRows);
    }
}
