package io.irscale.denoise;

/** NumPy's {@code linspace}, to the last bit. */
final class Linspace {
    private Linspace() {}

    /** {@code n} numbers from {@code start} to {@code stop}, evenly; of one, the start. */
    static double[] of(double start, double stop, int n) {
        double[] values = new double[n];
        double step = n == 1 ? 0 : (stop - start) / (n - 1);
        for (int i = 0; i < n; i++) {
            values[i] = i == n - 1 && n > 1 ? stop : start + i * step;
        }
        return values;
    }
}
