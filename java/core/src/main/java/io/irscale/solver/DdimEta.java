package io.irscale.solver;

/**
 * DDIM between flow levels: x' = (1 - s) x0 + s (sqrt(1 - n^2) eps + n z), with x0 and eps from x and v, and n the share of
 * fresh noise, n^2 = eta^2 (1 - e^{-2h}), h = lambda(s) - lambda(t), lambda(t) = log((1 - t) / t) (arXiv 2010.02502,
 * equation 16, in flow levels). eta = 0 is {@link EulerOde}; eta = 1 is DDPM, and the same as SDE-DPM-Solver++ of order 1
 * (arXiv 2211.01095; {@code sde-dpmsolver++} of diffusers). n falls with the size of the step, so that finer schedules
 * come closer to the marginals; with the same n at every step they would not. The last step, to 0, has no noise.
 *
 * @param eta 0 to 1
 */
public record DdimEta(double eta) implements Solver {
    /** eta = 1. */
    public static final DdimEta DDPM = new DdimEta(1);

    /** @throws io.irscale.error.InvalidInputException for an eta out of range */
    public DdimEta {
        Levels.requireSetting("eta", eta, 0, 1);
    }

    @Override
    public Transition step(double t, double s) {
        Levels.requireDown(t, s);
        double kept = (1 - t) / t * (s / (1 - s)); // e^{-h}
        return mix(t, s, eta * eta * (1 - kept * kept));
    }

    /** The step whose noise is fresh to the share {@code fresh}, n^2. */
    static Transition mix(double t, double s, double fresh) {
        double old = s * Math.sqrt(1 - fresh);
        return new Transition(1 - s + old, old * (1 - t) - t * (1 - s), s * Math.sqrt(fresh));
    }

    @Override
    public String describe() {
        return "ddim, eta = " + eta;
    }
}
