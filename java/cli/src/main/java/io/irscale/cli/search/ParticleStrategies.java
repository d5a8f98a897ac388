package io.irscale.cli.search;

import io.irscale.strategy.Calibration;
import io.irscale.strategy.FeynmanKac;
import io.irscale.strategy.Potential;
import io.irscale.strategy.Rollover;
import io.irscale.strategy.Svdd;
import io.irscale.strategy.VerifierThreshold;
import java.util.ArrayList;
import java.util.List;

/** Strategies that choose among noises drawn on the way, by previews. */
final class ParticleStrategies {
    private static final int CODE_BLOCK = 2;

    private ParticleStrategies() {}

    static List<StrategyEntry> all() {
        return List.of(svdd(), code(), feynmanKac(), rollover(), threshold());
    }

    private static StrategyEntry svdd() {
        Svdd standard = Svdd.defaults();
        List<Setting> settings = new ArrayList<>(children(standard));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                standard.name(),
                "At every step draws children of each trajectory and goes on with the one of the best preview.",
                "SVDD, arXiv 2408.08252",
                settings,
                values -> new Svdd(values.whole("trajectories"), values.count("children"), 1, Kernel.of(values)));
    }

    private static StrategyEntry code() {
        Svdd standard = Svdd.defaults();
        List<Setting> settings = new ArrayList<>(children(standard));
        settings.add(new Setting("block", "2", "2 to 1000000", "steps between choices"));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                "code",
                "Like svdd, with a choice every few steps only.",
                "CoDe, arXiv 2502.00968",
                settings,
                values -> {
                    if (values.whole("block") < CODE_BLOCK) {
                        throw values.wrong("block", values.text("block"), "2 or more; svdd chooses at every step");
                    }
                    return new Svdd(
                            values.whole("trajectories"),
                            values.count("children"),
                            values.whole("block"),
                            Kernel.of(values));
                });
    }

    private static List<Setting> children(Svdd standard) {
        return List.of(
                Setting.whole("trajectories", standard.trajectories(), "independent ones"),
                Setting.count("children", standard.children(), "drawn a choice"));
    }

    private static StrategyEntry feynmanKac() {
        FeynmanKac standard = FeynmanKac.defaults();
        List<Setting> settings = new ArrayList<>(List.of(
                Setting.count("particles", standard.particles(), "all at once"),
                Setting.choice("potential", standard.potential(), "how scores on the way weigh"),
                Setting.real(
                        "lambda", standard.lambda(), "0.001 to 1000", "strength, in 1 / standard deviation of scores"),
                Setting.real("first", standard.first(), "0 to last", "share of the steps at the first look"),
                Setting.real("last", standard.last(), "0 to 1", "share of the steps at the last look"),
                Setting.real("every", standard.every(), "0.001 to 1", "share of the steps between looks"),
                Setting.real(
                        "threshold", standard.threshold(), "0 to 1", "effective share of particles to resample below"),
                Setting.real("keep", standard.keep(), "0.01 to 1", "share of particles that a look leaves")));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                standard.name(),
                "Particles that are copied and dropped on the way in proportion to their previews' scores.",
                "Feynman-Kac steering, arXiv 2501.06848; funnel: arXiv 2508.12361",
                settings,
                values -> new FeynmanKac(
                        values.count("particles"),
                        values.choice("potential", Potential.class),
                        values.real("lambda"),
                        values.real("first"),
                        values.real("last"),
                        values.real("every"),
                        values.real("threshold"),
                        values.real("keep"),
                        Kernel.of(values)));
    }

    private static StrategyEntry rollover() {
        Rollover standard = Rollover.defaults();
        List<Setting> settings = new ArrayList<>(List.of(
                Setting.whole("trajectories", standard.trajectories(), "independent ones"),
                Setting.whole("noises", standard.noises(), "to choose a trajectory's start from"),
                Setting.count("quota", standard.quota(), "children a step; what is left of it goes to the next")));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                standard.name(),
                "Draws children until one beats the record; what a step does not need, later steps get.",
                "Rollover budget forcing, arXiv 2503.19385",
                settings,
                values -> new Rollover(
                        values.whole("trajectories"),
                        values.whole("noises"),
                        values.count("quota"),
                        Kernel.of(values)));
    }

    private static StrategyEntry threshold() {
        VerifierThreshold standard = VerifierThreshold.defaults();
        // The defaults measure their thresholds.
        Calibration calibration = (Calibration) standard.thresholds();
        List<Setting> settings = new ArrayList<>(List.of(
                Setting.whole("trajectories", standard.trajectories(), "that draw side by side"),
                Setting.count("cap", standard.cap(), "children a step at most"),
                Setting.whole("runs", calibration.runs(), "plain runs that thresholds are taken from"),
                Setting.real(
                        "quantile", calibration.quantile(), "0 to 1", "of their previews' scores, to be reached")));
        settings.addAll(Kernel.settings(standard.solver()));
        return new StrategyEntry(
                standard.name(),
                "Draws children until one is good enough for its step, by what plain runs reach there.",
                "Verifier-threshold search, after arXiv 2512.08985",
                settings,
                values -> new VerifierThreshold(
                        values.whole("trajectories"),
                        values.count("cap"),
                        new Calibration(values.whole("runs"), values.real("quantile")),
                        Kernel.of(values)));
    }
}
