package io.irscale.solver;

/**
 * The reverse SDE with diffusion g = scale t^power: x' = x + [-v + g^2 / 2 score] dt + g sqrt(dt) z, dt = t - s
 * (arXiv 2503.19385; {@code get_sde_diffuse} of {@code rbf/prior/flux.py}: power 2 is its "square", 1 "linear", 0
 * "constant"). The last step, to 0, has no noise. Steps with g^2 dt above 2 t overshoot.
 *
 * @param scale of g, 0.001 to 10; 3 in the reference
 * @param power of t, 0 to 10; 2 in the reference
 */
public record EulerMaruyama(double scale, double power) implements Solver {
    /** g = 3 t^2. */
    public static final EulerMaruyama RBF = new EulerMaruyama(3, 2);

    /** @throws io.irscale.error.InvalidInputException for settings out of range */
    public EulerMaruyama {
        Levels.requireSetting("scale of the diffusion", scale, 0.001, 10);
        Levels.requireSetting("power of the diffusion", power, 0, 10);
    }

    @Override
    public Transition step(double t, double s) {
        return ReverseSde.step(t, s, scale * Math.pow(t, power));
    }

    @Override
    public String describe() {
        return "euler-maruyama, g = %s t^%s".formatted(scale, power);
    }
}
