package io.irscale.solver;

/**
 * One Euler-Maruyama step of the reverse process dx = [-v + g^2 / 2 score] dt + g dw, which has the flow's marginals for
 * every g (arXiv 2401.08740; {@code get_sde_drift} of RBF's {@code rbf/prior/flux.py}). It leaves somewhat more noise than
 * level s has: its deviation squared is s^2 + g^2 dt^2 / t + (g^2 dt / 2t)^2.
 */
final class ReverseSde {
    private ReverseSde() {}

    /** From t to s with diffusion {@code g}; to 0 without noise: the x0 that the velocity points to. */
    static Transition step(double t, double s, double g) {
        Levels.requireDown(t, s);
        if (s == 0) {
            return EulerOde.ODE.step(t, s);
        }
        double delta = t - s;
        double pull = g * g * delta / (2 * t); // of the score, -eps / t
        return new Transition(1 - pull, -delta - pull * (1 - t), g * Math.sqrt(delta));
    }
}
