package io.irscale.evaluate;

/**
 * A confidence interval of a value.
 *
 * @param value of the whole set
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double value, double low, double high) {
    /** Whether both ends lie on the same side of 0. */
    public boolean excludesZero() {
        return low > 0 || high < 0;
    }
}
