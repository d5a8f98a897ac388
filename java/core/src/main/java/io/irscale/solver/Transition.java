package io.irscale.solver;

/**
 * One move of a latent between noise levels: {@code x' = x * latent + velocity * v + noise * z}, z standard normal. All
 * solvers here have this form, because x0, the noise estimate and the score are linear in x and v:
 * x0 = x - t v, eps = x + (1 - t) v, score = -eps / t.
 *
 * @param latent factor of the latent x
 * @param velocity factor of the model's velocity v = eps - x0
 * @param noise factor of fresh noise; 0 for none
 */
public record Transition(double latent, double velocity, double noise) {
    /** From x at level {@code t} to the clean latent that its velocity points to: x0 = x - t v. */
    public static Transition preview(double t) {
        return new Transition(1, -t, 0);
    }

    /** Whether fresh noise is drawn. */
    public boolean stochastic() {
        return noise != 0;
    }
}
