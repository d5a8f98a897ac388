package io.irscale.search;

import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import java.util.Optional;

/**
 * What all candidates of one prompt share. Owns its plans.
 *
 * @param prompt for the verifier
 * @param schedule the noise levels
 * @param plan of the prompt
 * @param negative of the negative prompt, for true classifier-free guidance
 * @param trueCfg its scale
 */
public record Conditioning(String prompt, FlowSchedule schedule, Plan plan, Optional<Plan> negative, float trueCfg)
        implements AutoCloseable {

    /** A row that stands at {@code step}. */
    public Row row(int step) {
        return new Row(plan, step, negative.orElse(null), trueCfg);
    }

    /** Transformer forwards of one row's step: 2 with a negative prompt. */
    public int forwardsPerStep() {
        return negative.isPresent() ? 2 : 1;
    }

    @Override
    public void close() {
        plan.close();
        negative.ifPresent(Plan::close);
    }
}
