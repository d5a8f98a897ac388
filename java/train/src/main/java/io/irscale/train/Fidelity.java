package io.irscale.train;

/**
 * How well pictures are reconstructed.
 *
 * @param psnr peak signal to noise ratio over all pixels, dB, of values that span 2
 * @param edgeEnergy the sum of squared differences of neighbours, as a share of the originals'
 */
record Fidelity(double psnr, double edgeEnergy) {
    /** Of pictures (N, 3, size, size) in [-1, 1]. */
    static Fidelity of(float[] originals, float[] decoded, int size) {
        double error = 0;
        double before = 0;
        double after = 0;
        for (int i = 0; i < originals.length; i++) {
            double d = Math.clamp(decoded[i], -1f, 1f) - originals[i];
            error += d * d;
            if ((i + 1) % size != 0) {
                before += square(originals[i + 1] - originals[i]);
                after += square(decoded[i + 1] - decoded[i]);
            }
            if (i / size % size != size - 1) {
                before += square(originals[i + size] - originals[i]);
                after += square(decoded[i + size] - decoded[i]);
            }
        }
        return new Fidelity(10 * Math.log10(4 * originals.length / error), after / before);
    }

    private static double square(double x) {
        return x * x;
    }
}
