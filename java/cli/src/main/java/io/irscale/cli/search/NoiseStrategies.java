package io.irscale.cli.search;

import io.irscale.strategy.CrankNicolson;
import io.irscale.strategy.PreviewPruning;
import io.irscale.strategy.RandomSearch;
import io.irscale.strategy.ZeroOrder;
import java.util.List;

/** Strategies that choose the noise an image starts from. */
final class NoiseStrategies {
    private NoiseStrategies() {}

    static List<StrategyEntry> all() {
        return List.of(random(), zeroOrder(), crankNicolson(), pruning());
    }

    private static StrategyEntry random() {
        RandomSearch standard = RandomSearch.defaults();
        return new StrategyEntry(
                standard.name(),
                "Best of N: as many noises, each denoised to the end; the best image wins.",
                "Ma et al., arXiv 2501.09732, section 3, random search",
                List.of(Setting.count("candidates", standard.candidates(), "N")),
                values -> new RandomSearch(values.count("candidates")));
    }

    private static StrategyEntry zeroOrder() {
        ZeroOrder standard = ZeroOrder.defaults();
        return new StrategyEntry(
                standard.name(),
                "Climbs from a noise to the best of its neighbours, again and again.",
                "Ma et al., arXiv 2501.09732, section 3, zero-order search",
                List.of(
                        Setting.whole("neighbours", standard.neighbours(), "noises tried around one"),
                        Setting.real(
                                "cosine",
                                standard.cosine(),
                                "above -1, below 1",
                                "between a noise and its neighbours; higher is closer"),
                        Setting.count("iterations", standard.iterations(), "moves before it starts over"),
                        Setting.flag(
                                "redraw",
                                standard.redraw(),
                                "whether a noise that no neighbour beats gives way to a fresh one")),
                values -> new ZeroOrder(
                        values.whole("neighbours"),
                        values.real("cosine"),
                        values.count("iterations"),
                        values.flag("redraw")));
    }

    private static StrategyEntry crankNicolson() {
        CrankNicolson standard = CrankNicolson.defaults();
        return new StrategyEntry(
                standard.name(),
                "Samples noises in favour of better images instead of climbing: Markov chains.",
                "Cotter, Roberts, Stuart and White, Statistical Science 2013, preconditioned Crank-Nicolson",
                List.of(
                        Setting.whole("chains", standard.chains(), "chains, all at once"),
                        Setting.real("rho", standard.rho(), "above 0, below 1", "how close proposals are"),
                        Setting.real(
                                "lambda",
                                standard.lambda(),
                                "above 0",
                                "how much better scores are preferred, in 1 / score"),
                        Setting.count("iterations", standard.iterations(), "steps before it starts over")),
                values -> new CrankNicolson(
                        values.whole("chains"), values.real("rho"), values.real("lambda"), values.count("iterations")));
    }

    private static StrategyEntry pruning() {
        PreviewPruning standard = PreviewPruning.defaults();
        return new StrategyEntry(
                standard.name(),
                "Sets out with many noises, looks at previews on the way, and goes on with the best.",
                "TTSnap, arXiv 2511.22242, preview pruning",
                List.of(
                        Setting.cuts(
                                "cuts",
                                standard.cuts(),
                                "after which share of the steps a cut is made, and which share of the candidates"
                                        + " stays"),
                        Setting.count("candidates", standard.candidates(), "noises of a round")),
                values -> new PreviewPruning(values.cuts("cuts"), values.count("candidates")));
    }
}
