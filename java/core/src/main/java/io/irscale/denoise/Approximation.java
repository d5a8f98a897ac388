package io.irscale.denoise;

import io.irscale.error.InvalidInputException;

/**
 * How far a transformer may stray from its own result to be faster. What each costs in accuracy is in
 * {@code bench/RESULTS.md}, and {@code irscale bench} measures it.
 *
 * @param fp8 multiplies the blocks' linear layers in FP8 (E4M3, a scale for each row); needs BF16
 * @param reuse leaves all blocks but the first out of a step where what the first adds has changed by no more than this
 *     share since all last ran, and adds again what the others added then (the first-block cache of ParaAttention and
 *     diffusers); 0 for never
 */
public record Approximation(boolean fp8, double reuse) {
    /** No approximation at all. */
    public static final Approximation NONE = new Approximation(false, 0);

    /** @throws InvalidInputException if {@code reuse} is not in [0, 1] */
    public Approximation {
        if (!(reuse >= 0 && reuse <= 1)) {
            throw new InvalidInputException("reuse is " + reuse + ", expected 0 to 1");
        }
    }

    /** Whether steps may leave blocks out. */
    public boolean reuses() {
        return reuse > 0;
    }
}
