package io.irscale.search;

import io.irscale.error.InvalidInputException;

/**
 * How many candidates go through the device at once: an estimate from its free memory, halved whenever it runs out.
 */
public final class BatchSize {
    // Activations alive at once in a block: residuals, q, k, v, their rotated copies, attention, the MLP's 4 d twice.
    private static final int TRANSFORMER_COPIES = 24;
    // Feature maps alive at once in the decoder's last level.
    private static final int DECODER_COPIES = 6;
    private static final double USABLE = 0.7;

    private int rows;

    private BatchSize(int rows) {
        this.rows = rows;
    }

    /** Exactly {@code rows}, until memory runs out. */
    public static BatchSize of(int rows) {
        if (rows < 1) {
            throw new InvalidInputException("batch size is " + rows + ", expected 1 or more");
        }
        return new BatchSize(rows);
    }

    /**
     * As many rows as the free memory should hold.
     *
     * @param freeBytes free memory of the device
     * @param tokens text and image tokens of a row, twice as many with a negative prompt
     * @param width of the transformer
     * @param pixels of an image
     * @param decoderWidth channels of the decoder's last level
     * @param elementBytes bytes of a value
     */
    public static BatchSize estimate(
            long freeBytes, long tokens, int width, long pixels, int decoderWidth, int elementBytes) {
        long transformer = TRANSFORMER_COPIES * tokens * width * elementBytes;
        long decoder = DECODER_COPIES * pixels * decoderWidth * elementBytes;
        double rows = freeBytes * USABLE / Math.max(1, Math.max(transformer, decoder));
        return new BatchSize(Math.clamp((long) rows, 1, 1024));
    }

    /** The same, but not above {@code most} rows. */
    public BatchSize atMost(int most) {
        return new BatchSize(Math.min(rows, most));
    }

    /** Rows of the next batch. */
    public int rows() {
        return rows;
    }

    /** After running out of memory: half as many. False if one row was too many already. */
    public boolean halve() {
        if (rows == 1) {
            return false;
        }
        rows /= 2;
        return true;
    }
}
