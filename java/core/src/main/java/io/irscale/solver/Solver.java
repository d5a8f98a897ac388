package io.irscale.solver;

/**
 * A way to take a latent from noise level t to a lower one. Levels are FLUX's: x = (1 - t) x0 + t eps, t from 1 (noise)
 * to 0 (image).
 */
public interface Solver {
    /**
     * The step from {@code t} to {@code s}.
     *
     * @param t where the latent stands and its velocity was computed, in (0, 1]
     * @param s where it goes, in [0, t)
     */
    Transition step(double t, double s);

    /** Its name and settings, for reports. */
    String describe();
}
