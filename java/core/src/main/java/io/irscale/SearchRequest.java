package io.irscale;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Strategy;
import io.irscale.solver.VpGrid;
import io.irscale.strategy.RandomSearch;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A prompt and how to spend compute on it.
 *
 * @param sampling prompt, size, steps and guidance; candidate i starts from the noise of seed {@code seed + i}. How many
 *     there are is up to the strategy: its {@code candidates} do not count
 * @param strategy what to do
 * @param budget where to stop
 * @param grid the noise levels of the variance-preserving interpolant instead of the model's own; it is also the solver
 *     that belongs to them
 * @param guidance by the verifier's gradient
 * @param previewFactor how much smaller previews are decoded: 1, 2 or 4; empty: as much as the verifiers' input allows
 */
public record SearchRequest(
        GenerateRequest sampling,
        Strategy strategy,
        Budget budget,
        Optional<VpGrid> grid,
        Optional<Guidance> guidance,
        OptionalInt previewFactor) {
    /** @throws InvalidInputException if a value is out of its range */
    public SearchRequest {
        previewFactor.ifPresent(factor -> {
            if (factor != 1 && factor != 2 && factor != 4) {
                throw new InvalidInputException("preview factor is " + factor + ", expected 1, 2 or 4");
            }
        });
    }

    /** A strategy within a budget, on the model's own noise levels, without gradients. */
    public static SearchRequest of(GenerateRequest sampling, Strategy strategy, Budget budget) {
        return new SearchRequest(sampling, strategy, budget, Optional.empty(), Optional.empty(), OptionalInt.empty());
    }

    /** As many candidates as the request says, the best of them: no more than drawing them. */
    public static SearchRequest bestOf(GenerateRequest sampling) {
        return of(sampling, new RandomSearch(OptionalInt.of(sampling.candidates())), Budget.NONE);
    }

    /** The same on other noise levels. */
    public SearchRequest on(VpGrid levels) {
        return new SearchRequest(sampling, strategy, budget, Optional.of(levels), guidance, previewFactor);
    }

    /** The same with guidance by the verifier's gradient. */
    public SearchRequest with(Guidance gradient) {
        return new SearchRequest(sampling, strategy, budget, grid, Optional.of(gradient), previewFactor);
    }
}
