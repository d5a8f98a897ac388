package io.irscale.evaluate;

/** A number that a set of rows has, and every choice of those rows. Immutable; any thread may use it. */
public interface Statistic {
    /** How many rows there are to choose from. */
    int count();

    /**
     * The number for some of the rows.
     *
     * @param rows from 0 to {@code count() - 1}; a row may occur more than once
     */
    double of(int[] rows);

    /** The number for all rows, each once. */
    default double value() {
        return of(Rows.all(count()));
    }
}
