package io.irscale.cli.search;

import io.irscale.EngineOptions;
import io.irscale.Ensemble;
import io.irscale.GenerateRequest;
import io.irscale.VerifierSpec;
import io.irscale.cli.Converters;
import io.irscale.cli.Durations;
import io.irscale.cli.RunSetup;
import io.irscale.cli.report.ReportHead;
import io.irscale.cli.report.ReportHead.Fact;
import io.irscale.search.Budget;
import io.irscale.verify.MeanRank;
import io.irscale.verify.Member;
import io.irscale.verify.Objective;
import io.irscale.verify.WeightedSum;
import java.util.ArrayList;
import java.util.List;

/** What a report says of its run. */
final class ReportHeads {
    private ReportHeads() {}

    static ReportHead of(RunSetup setup, SearchPlan plan) {
        EngineOptions options = setup.options();
        List<Member> members =
                options.verifiers().stream().map(VerifierSpec::member).toList();
        Objective objective = options.ensemble() == Ensemble.SUM ? new WeightedSum(members) : new MeanRank(members);
        return new ReportHead(
                budget(plan.budget()),
                members,
                objective.describe(),
                options.ensemble() == Ensemble.MEAN_RANK,
                plan.requests().getFirst().width(),
                plan.requests().getFirst().height(),
                facts(setup, plan));
    }

    private static List<Fact> facts(RunSetup setup, SearchPlan plan) {
        EngineOptions options = setup.options();
        GenerateRequest request = plan.requests().getFirst();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("model", options.files().model() + ""));
        facts.add(new Fact("on", options.device() + ", " + Converters.name(options.dtype())));
        facts.add(new Fact("image", "%d x %d".formatted(request.width(), request.height())));
        facts.add(new Fact("steps", request.steps() + ", " + plan.gridName() + " grid"));
        facts.add(new Fact("guidance", request.guidance() + ""));
        if (request.guided()) {
            facts.add(new Fact("true cfg", "%s against \"%s\"".formatted(request.trueCfg(), request.negative())));
        }
        plan.guidance()
                .ifPresent(guide -> facts.add(new Fact(
                        "guided by the gradient",
                        "weight %s, %s".formatted(guide.weight(), Setting.name(guide.form())))));
        setup.loras()
                .specs()
                .forEach(lora -> facts.add(new Fact("LoRA", "%s at scale %s".formatted(lora.file(), lora.scale()))));
        facts.add(new Fact("first seed", Converters.seed(request.seed()).toString()));
        return facts;
    }

    private static String budget(Budget budget) {
        List<String> limits = new ArrayList<>();
        budget.forwards().ifPresent(limit -> limits.add(limit + " forwards"));
        budget.calls().ifPresent(limit -> limits.add(limit + " verifier calls"));
        budget.time().ifPresent(limit -> limits.add(Durations.text(limit.toNanos())));
        budget.score().ifPresent(limit -> limits.add("a score of " + limit));
        return limits.isEmpty() ? "no budget: once through the strategy's settings" : String.join(" or ", limits);
    }
}
