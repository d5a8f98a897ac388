package io.irscale.solver;

import io.irscale.denoise.FlowSchedule;
import io.irscale.error.InvalidInputException;

/**
 * The variance-preserving interpolant of RBF (arXiv 2503.19385; {@code VPScheduler} of
 * {@code rbf/prior/denoise_schedulers/scheduler.py}) on a flow model. At VP time r the sample is alpha x0 + sigma eps with
 * alpha = e^{-I/2}, sigma^2 = 1 - e^{-I}, I = 19.9 r^2 / 2 + 0.1 r; scaled by 1 / (alpha + sigma) it is the flow's sample at
 * level t = sigma / (alpha + sigma). x0 and eps are the same either way, so converting is a grid of levels and, for
 * each step, a share of fresh noise n^2 = 1 - exp(-integral of (g / sigma)^2 dr), g = scale r^2: what the SDE does to eps
 * while x0 stands still, the step of {@link DdimEta}.
 *
 * <p>RBF's grid r_i = sqrt(1 - (i / steps)^2) stays long where most is decided: with 10 steps the levels are 1 .993 .992
 * .990 .986 .978 .962 .929 .859 .709. There it ends: the next r is 0, one step from .709 to the image, and RBF's images are
 * the x0 of that level. That suits the few-step FLUX.1-schnell that it runs on; FLUX.1-dev needs more steps from there:
 * those of the flow's own schedule, without noise. RBF's r = 1 is level .9934; it counts as 1, where our noise is.
 *
 * @param steps of the grid down to 0, of which it takes all but the last; 2 to 100
 * @param scale of g, 0.001 to 10; 3 in the reference
 */
public record VpGrid(int steps, double scale) implements Solver {
    private static final double BETA_RANGE = 19.9;
    private static final double BETA_MIN = 0.1;

    /** @throws InvalidInputException for settings out of range */
    public VpGrid {
        if (steps < 2 || steps > 100) {
            throw new InvalidInputException("steps of the VP grid is %d, expected 2 to 100".formatted(steps));
        }
        Levels.requireSetting("scale of the diffusion", scale, 0.001, 10);
    }

    /** As many steps as asked for and RBF's g = 3 r^2. */
    public static VpGrid of(int steps) {
        return new VpGrid(steps, 3);
    }

    /** The level at which the grid ends and the flow's schedule goes on. */
    public double end() {
        return (float) level(gridTime(steps - 1));
    }

    /** The grid's {@code steps} levels, then those of {@code flow} below them; for {@link FlowSchedule#of(float[])}. */
    public float[] levels(FlowSchedule flow) {
        int tail = 0;
        while (flow.sigma(tail) >= end()) {
            tail++;
        }
        float[] levels = new float[steps + flow.steps() + 1 - tail];
        for (int i = 0; i < steps; i++) {
            levels[i] = i == 0 ? 1 : (float) level(gridTime(i));
        }
        System.arraycopy(flow.sigmas(), tail, levels, steps, levels.length - steps);
        return levels;
    }

    @Override
    public Transition step(double t, double s) {
        Levels.requireDown(t, s);
        return s < end() ? EulerOde.ODE.step(t, s) : DdimEta.mix(t, s, -Math.expm1(-renewal(timeAt(s), timeAt(t))));
    }

    @Override
    public String describe() {
        return "vp grid of %d, g = %s r^2, then ode".formatted(steps, scale);
    }

    private double gridTime(int i) {
        double u = (double) i / steps;
        return Math.sqrt(1 - u * u);
    }

    /** The integral of (g / sigma)^2 over r, by Simpson's rule. */
    private double renewal(double from, double to) {
        return (to - from) / 6 * (rate(from) + 4 * rate((from + to) / 2) + rate(to));
    }

    private double rate(double r) {
        double g = scale * r * r;
        return g * g / -Math.expm1(-integral(r));
    }

    /** I at VP time r. */
    private static double integral(double r) {
        return BETA_RANGE * r * r / 2 + BETA_MIN * r;
    }

    private static double level(double r) {
        double alpha = Math.exp(-integral(r) / 2);
        double sigma = Math.sqrt(-Math.expm1(-integral(r)));
        return sigma / (alpha + sigma);
    }

    /** The VP time of level {@code t}: the inverse of {@link #level}, at most 1. */
    private static double timeAt(double t) {
        double ratio = (1 - t) / t; // alpha / sigma
        double log = Math.log1p(1 / (ratio * ratio)); // I
        return Math.min(1, (Math.sqrt(BETA_MIN * BETA_MIN + 2 * BETA_RANGE * log) - BETA_MIN) / BETA_RANGE);
    }
}
