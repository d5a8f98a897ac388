package io.irscale.solver;

/**
 * The reverse SDE with diffusion g = a sqrt(t / (1 - t)); at t = 1 the denominator is 1 - s (arXiv 2505.05470;
 * {@code sd3_sde_with_logprob.py}). The last step, to 0, has no noise. With few steps much of the noise of the last levels
 * is its own surplus, which images may show as grain (arXiv 2509.05952); {@link DdimEta} and {@link EulerMaruyama} with
 * its defaults have none, or little.
 *
 * @param a strength, 0.001 to 10; 0.7 in the reference
 */
public record FlowGrpo(double a) implements Solver {
    /** a = 0.7. */
    public static final FlowGrpo DEFAULT = new FlowGrpo(0.7);

    /** @throws io.irscale.error.InvalidInputException for an a out of range */
    public FlowGrpo {
        Levels.requireSetting("a of flow-grpo", a, 0.001, 10);
    }

    @Override
    public Transition step(double t, double s) {
        return ReverseSde.step(t, s, a * Math.sqrt(t / (1 - (t == 1 ? s : t))));
    }

    @Override
    public String describe() {
        return "flow-grpo, a = " + a;
    }
}
