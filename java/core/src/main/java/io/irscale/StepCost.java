package io.irscale;

import io.irscale.denoise.FlowSchedule;
import java.util.Optional;

/**
 * What one candidate's evaluation costs.
 *
 * @param negative whether there is a negative prompt, which doubles every forward
 * @param guidance by the verifier's gradient
 */
record StepCost(FlowSchedule schedule, boolean negative, Optional<Guidance> guidance) {
    /** Transformer forwards at {@code step}. */
    int forwards(int step) {
        int forwards = negative ? 2 : 1;
        return guidedAt(step) ? forwards * guidance.orElseThrow().form().forwards() : forwards;
    }

    /** Whether the verifier's gradient turns the velocity at {@code step}. */
    boolean guidedAt(int step) {
        return guidance.isPresent() && guidance.get().actsAt(schedule.sigma(step));
    }
}
