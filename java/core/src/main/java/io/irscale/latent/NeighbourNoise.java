package io.irscale.latent;

/** Noise near other noise: a step on the sphere (arXiv 2501.09732, zero-order search). */
public final class NeighbourNoise {
    private NeighbourNoise() {}

    /**
     * |n| (c u + sqrt(1 - c^2) w): u is the direction of n, w that of the fresh noise's part orthogonal to it. In float64.
     *
     * @param noise n, not all zero
     * @param fresh as many values, not a multiple of n
     * @param cosine c, -1 to 1
     */
    public static double[] at(double[] noise, double[] fresh, double cosine) {
        double norm = Math.sqrt(dot(noise, noise));
        double along = dot(fresh, noise) / (norm * norm);
        double[] out = new double[noise.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = fresh[i] - along * noise[i];
        }
        double across = norm * Math.sqrt(1 - cosine * cosine) / Math.sqrt(dot(out, out));
        for (int i = 0; i < out.length; i++) {
            out[i] = cosine * noise[i] + across * out[i];
        }
        return out;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
