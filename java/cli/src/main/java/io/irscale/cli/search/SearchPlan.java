package io.irscale.cli.search;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.Guidance;
import io.irscale.SearchRequest;
import io.irscale.cli.search.StrategyEntry.Contender;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.SchedulerConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.latent.LatentShape;
import io.irscale.search.Budget;
import io.irscale.search.Prospect;
import io.irscale.search.Strategy;
import io.irscale.solver.VpGrid;
import io.irscale.tensor.JsonConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a run shall do: every strategy on every prompt.
 *
 * @param requests one a prompt; they differ in nothing else
 * @param contenders the strategies
 * @param budget of each search
 * @param grid noise levels other than the model's own
 * @param guidance by the verifier's gradient
 * @param preview how much smaller previews are decoded
 */
record SearchPlan(
        List<GenerateRequest> requests,
        List<Contender> contenders,
        Budget budget,
        Optional<VpGrid> grid,
        Optional<Guidance> guidance,
        OptionalInt preview) {
    private static final int VAE_FACTOR = 8;
    private static final int VAE_CHANNELS = 16;

    /**
     * Refuses what the engine would refuse, before gigabytes of weights are read.
     *
     * @throws InvalidInputException if strategies, budget and verifiers do not go together
     */
    void check(EngineOptions options) {
        boolean optimised =
                options.verifiers().stream().anyMatch(each -> !each.member().heldOut());
        if (!optimised && (budget.calls().isPresent() || budget.score().isPresent())) {
            throw new InvalidInputException("--budget counts verifier calls or scores, and there is no verifier;"
                    + " add --verifier DIR or --verifier-command CMD");
        }
        Prospect prospect = prospect(options);
        contenders.forEach(contender -> prospect.check(contender.strategy(), optimised));
    }

    // As the engine will see it, but for the cost of gradients.
    private Prospect prospect(EngineOptions options) {
        GenerateRequest request = requests.getFirst();
        JsonConfig scheduler = options.files().scheduler(true); // guidance does not change how many steps there are
        LatentShape shape = LatentShape.ofImage(request.height(), request.width(), VAE_FACTOR, VAE_CHANNELS);
        FlowSchedule flow = FlowSchedule.of(SchedulerConfig.of(scheduler), request.steps(), shape.tokens());
        FlowSchedule schedule =
                grid.map(levels -> flow.with(levels.levels(flow))).orElse(flow);
        return new Prospect(budget, schedule, step -> request.guided() ? 2 : 1);
    }

    /** One search. */
    SearchRequest search(int prompt, Strategy strategy) {
        return new SearchRequest(requests.get(prompt), strategy, budget, grid, guidance, preview);
    }

    /** The first seed's image as the model draws it, without search and guidance. */
    SearchRequest unsearched(int prompt) {
        GenerateRequest request = requests.get(prompt);
        return SearchRequest.bestOf(request.withCandidates(1, request.seed()));
    }

    /** Whether a strategy draws that image anyway, as its candidate 0. */
    boolean drawsUnsearched(Contender contender) {
        return contender.entry().name().equals("random") && grid.isEmpty() && guidance.isEmpty();
    }

    List<String> strategies() {
        return contenders.stream().map(each -> each.entry().name()).toList();
    }

    /** As the option spells it. */
    String gridName() {
        return grid.isPresent() ? "vp" : "flow";
    }
}
