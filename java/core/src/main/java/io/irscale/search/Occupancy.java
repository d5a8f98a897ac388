package io.irscale.search;

/**
 * How full the batches of forwards were.
 *
 * @param batches through the transformer
 * @param rows in them
 * @param slots that they had: the sum of the batch sizes
 */
public record Occupancy(long batches, long rows, long slots) {
    /** Rows for each slot, 0 before any batch. */
    public double filled() {
        return slots == 0 ? 0 : (double) rows / slots;
    }

    Occupancy plus(int batchRows, int room) {
        return new Occupancy(batches + 1, rows + batchRows, slots + room);
    }
}
