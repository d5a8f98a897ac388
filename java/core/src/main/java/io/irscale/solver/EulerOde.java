package io.irscale.solver;

/** The deterministic flow: x' = x + (s - t) v (diffusers {@code scheduling_flow_match_euler_discrete.py}). */
public record EulerOde() implements Solver {
    /** It has no settings. */
    public static final EulerOde ODE = new EulerOde();

    @Override
    public Transition step(double t, double s) {
        return new Transition(1, s - t, 0);
    }

    @Override
    public String describe() {
        return "ode";
    }
}
