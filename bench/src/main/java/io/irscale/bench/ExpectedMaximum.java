package io.irscale.bench;

/** What the best of m draws from a standard normal is worth on average: the integral of x m phi(x) Phi(x)^(m - 1). */
final class ExpectedMaximum {
    private static final double EDGE = 9;
    private static final int CELLS = 9000;
    private static final double CELL = 2 * EDGE / CELLS;
    private static final double MOST = 1e6;

    private ExpectedMaximum() {}

    /** @param m 1 or more, need not be whole */
    static double of(double m) {
        double below = 0;
        double mean = 0;
        for (int i = 0; i < CELLS; i++) {
            double x = -EDGE + (i + 0.5) * CELL;
            double mass = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * CELL;
            mean += x * (Math.pow(below + mass, m) - Math.pow(below, m));
            below += mass;
        }
        return mean;
    }

    /** How many draws the best of which is worth {@code value}: the inverse, from 1 to a million. */
    static double draws(double value) {
        double low = 0;
        double high = Math.log(MOST);
        while (high - low > 1e-6) {
            double middle = (low + high) / 2;
            if (of(Math.exp(middle)) < value) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp(low);
    }
}
