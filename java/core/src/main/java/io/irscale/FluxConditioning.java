package io.irscale;

import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.LatentShape;
import io.irscale.search.Conditioning;
import java.util.Optional;

/**
 * A prompt made ready for the transformer. Owns its plans.
 *
 * @param prompt for the verifiers
 * @param tokens text tokens of the plan
 * @param plan of the prompt
 * @param negative of the negative prompt, for true classifier-free guidance
 * @param trueCfg its scale
 * @param cost of evaluations
 * @param previewFactor how much smaller previews are decoded: 1, 2 or 4
 */
record FluxConditioning(
        String prompt,
        int tokens,
        FlowSchedule schedule,
        LatentShape shape,
        Plan plan,
        Optional<Plan> negative,
        float trueCfg,
        StepCost cost,
        int previewFactor)
        implements Conditioning {

    /** What rows must have in common to share a forward and a decode. */
    private record Key(int tokens, LatentShape shape) {}

    Row row(int step) {
        return new Row(plan, step, negative.orElse(null), trueCfg);
    }

    @Override
    public int forwards(int step) {
        return cost.forwards(step);
    }

    @Override
    public int gradients(int step) {
        return cost.guidedAt(step) ? 1 : 0;
    }

    /** The guidance that turns the velocity at {@code step}. */
    Optional<Guidance> guidance(int step) {
        return cost.guidedAt(step) ? cost.guidance() : Optional.empty();
    }

    @Override
    public Object batchKey() {
        return new Key(tokens, shape);
    }

    @Override
    public void close() {
        plan.close();
        negative.ifPresent(Plan::close);
    }
}
