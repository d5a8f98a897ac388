package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.Random;

/**
 * Kernel Inception distance: the unbiased squared maximum mean discrepancy under the kernel (x·y / d + 1)³ (Bińkowski et
 * al. 2018, arXiv 1801.01401, section 3). Unlike the Fréchet distance it does not depend on the number of images, and it
 * may be a little below 0.
 */
public final class KernelDistance implements Statistic {
    private final Discrepancy discrepancy;
    private final int[] referenceRows;

    /**
     * The distance over all pairs of {@code generated}, whose rows are chosen from, and {@code reference}.
     *
     * @throws InvalidInputException if the dimensions differ, or a set has fewer than 2 rows or more than 12,000
     */
    public KernelDistance(Features reference, Features generated) {
        reference.requireDimensionsOf(generated);
        reference.requireRows(2, "KID");
        generated.requireRows(2, "KID");
        double d = generated.dimensions();
        discrepancy = new Discrepancy("KID", reference.matrix(), generated.matrix(), dot -> {
            double base = dot / d + 1;
            return base * base * base;
        });
        referenceRows = Rows.all(reference.count());
    }

    @Override
    public int count() {
        return discrepancy.generatedCount();
    }

    /** The distance; {@code rows} hold at least 2 different ones, else NaN. */
    @Override
    public double of(int[] rows) {
        return discrepancy.unbiased(rows, referenceRows);
    }

    /**
     * A mean over subsets.
     *
     * @param mean of the distances
     * @param deviation their standard deviation, divided by the number of subsets as {@code numpy.std} does
     */
    public record Subsets(double mean, double deviation) {}

    /**
     * The form in which KID is published: the mean over random subsets of both sets, each without repetition.
     *
     * @param subsets how many, at least 1; published figures have 100
     * @param size images of each set in a subset, at least 2; published figures have 1000, and the smaller set's count
     *     is taken where that is less
     * @param seed of {@link Random}
     * @throws InvalidInputException for other values
     */
    public Subsets subsets(int subsets, int size, long seed) {
        if (subsets < 1 || size < 2) {
            throw new InvalidInputException(
                    "KID: %d subsets of %d images, expected at least 1 of at least 2".formatted(subsets, size));
        }
        int images = Math.min(size, Math.min(count(), referenceRows.length));
        Random random = new Random(seed);
        double[] distances = new double[subsets];
        for (int i = 0; i < subsets; i++) {
            int[] generated = Rows.draw(count(), images, random);
            distances[i] = discrepancy.unbiased(generated, Rows.draw(referenceRows.length, images, random));
        }
        double mean = new RowMean("KID", distances).value();
        double square = 0;
        for (double distance : distances) {
            square += (distance - mean) * (distance - mean);
        }
        return new Subsets(mean, Math.sqrt(square / subsets));
    }
}
