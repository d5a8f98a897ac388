package io.irscale.solver;

/**
 * Back to a noisier level: x' = a x + sqrt(t'^2 - a^2 t^2) z with a = (1 - t') / (1 - t), the forward process of the flow
 * (arXiv 2501.09732, search over paths).
 */
public final class Renoise {
    private Renoise() {}

    /** From level {@code t} in [0, 1) to {@code noisier} in [t, 1]; at t = 1 there is nothing left to add to. */
    public static Transition to(double t, double noisier) {
        if (!(t >= 0 && t <= noisier && noisier <= 1)) {
            throw new IllegalArgumentException("from level %s to %s is not towards noise".formatted(t, noisier));
        }
        if (t == noisier) {
            return new Transition(1, 0, 0);
        }
        double keep = (1 - noisier) / (1 - t);
        return new Transition(keep, 0, Math.sqrt(noisier * noisier - keep * keep * t * t));
    }
}
