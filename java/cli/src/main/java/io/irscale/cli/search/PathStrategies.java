package io.irscale.cli.search;

import io.irscale.strategy.Evolutionary;
import io.irscale.strategy.SearchOverPaths;
import io.irscale.strategy.TreeSearch;
import java.util.ArrayList;
import java.util.List;

/** Strategies that go back on a path and take another one. */
final class PathStrategies {
    private PathStrategies() {}

    static List<StrategyEntry> all() {
        return List.of(paths(), evolution(), tree());
    }

    private static StrategyEntry paths() {
        SearchOverPaths standard = SearchOverPaths.defaults();
        return new StrategyEntry(
                standard.name(),
                "Goes back on nearly finished images, adds noise again, and keeps the best of the new ways.",
                "Ma et al., arXiv 2501.09732, section 3, search over paths",
                List.of(
                        Setting.whole("paths", standard.paths(), "kept a round"),
                        Setting.whole("expansions", standard.expansions(), "new ways of each"),
                        Setting.real(
                                "from", standard.from(), "above 0, below 1", "share of the steps left at the start"),
                        Setting.real("back", standard.back(), "above 0, below 1", "share of the steps to go back"),
                        Setting.real("forth", standard.forth(), "above back, below 1", "share of the steps to go on")),
                values -> new SearchOverPaths(
                        values.whole("paths"),
                        values.whole("expansions"),
                        values.real("from"),
                        values.real("back"),
                        values.real("forth")));
    }

    private static StrategyEntry evolution() {
        Evolutionary standard = Evolutionary.defaults();
        List<Setting> settings = new ArrayList<>(List.of(
                Setting.list(
                        "times",
                        standard.times(),
                        "rising, from 0, below 1",
                        "shares of the steps at which a generation is bred"),
                Setting.list(
                        "populations",
                        standard.populations(),
                        "one more than times, each above elites",
                        "sizes of the generations"),
                Setting.whole("elites", standard.elites(), "best ones that go on as they are"),
                Setting.real("mutation", standard.mutation(), "above 0, below 1", "of the noise itself")));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                standard.name(),
                "Breeds generations of half-finished images from the parents of the best results.",
                "EvoSearch, arXiv 2505.17618",
                settings,
                values -> new Evolutionary(
                        values.reals("times"),
                        values.wholes("populations"),
                        values.whole("elites"),
                        values.real("mutation"),
                        Kernel.of(values)));
    }

    private static StrategyEntry tree() {
        TreeSearch standard = TreeSearch.defaults();
        List<Setting> settings = new ArrayList<>(List.of(
                Setting.list(
                        "levels",
                        standard.levels(),
                        "rising, above 0, below 1",
                        "shares of the steps at which paths branch"),
                Setting.whole("noises", standard.noises(), "branches at the noise"),
                Setting.whole("children", standard.children(), "branches at a level"),
                Setting.flag("greedy", standard.greedy(), "whether to follow the best branch, or draw one"),
                Setting.real(
                        "lambda", standard.lambda(), "above 0", "how much better scores are preferred, in 1 / score"),
                Setting.count("rollouts", standard.rollouts(), "paths of a tree"),
                Setting.whole("at-once", standard.atOnce(), "paths at a time"),
                Setting.whole("latents", standard.latents(), "branching points that are kept")));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                standard.name(),
                "Grows a tree of denoising paths where images turned out well.",
                "Diffusion tree search, arXiv 2506.20701",
                settings,
                values -> new TreeSearch(
                        values.reals("levels"),
                        values.whole("noises"),
                        values.whole("children"),
                        values.flag("greedy"),
                        values.real("lambda"),
                        values.count("rollouts"),
                        values.whole("at-once"),
                        values.whole("latents"),
                        Kernel.of(values)));
    }
}
