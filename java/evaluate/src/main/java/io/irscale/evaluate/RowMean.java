package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;

/** The mean of one value a row. */
public final class RowMean implements Statistic {
    private final double[] values;

    /**
     * Takes over {@code values}.
     *
     * @param name of the value, for messages
     * @param values one a row, at least one; not written to afterwards
     * @throws InvalidInputException if there are none, or one is NaN or infinite
     */
    public RowMean(String name, double[] values) {
        if (values.length == 0) {
            throw new InvalidInputException(name + ": has 0 values, expected at least 1");
        }
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new InvalidInputException(
                        "%s: row %d is %s, expected a finite number".formatted(name, i, values[i]));
            }
        }
        this.values = values;
    }

    @Override
    public int count() {
        return values.length;
    }

    @Override
    public double of(int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> values[row]).sum() / rows.length;
    }
}
