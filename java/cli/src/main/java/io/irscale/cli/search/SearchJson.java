package io.irscale.cli.search;

import io.irscale.cli.Converters;
import io.irscale.cli.Durations;
import io.irscale.cli.LoadedRun;
import io.irscale.cli.RunJson;
import io.irscale.cli.RunSetup;
import io.irscale.cli.report.SearchPage;
import io.irscale.search.Budget;
import io.irscale.search.Ledger;
import io.irscale.search.Lineage;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code run.json} of {@code search}: all that {@code generate} tells, and what each search did. */
final class SearchJson {
    private final RunJson json;
    private final SearchPlan plan;

    SearchJson(RunSetup setup, LoadedRun loaded, SearchPlan plan) {
        this.json = new RunJson(setup, loaded, plan.requests().getFirst());
        this.plan = plan;
        options(json.options(), plan);
    }

    /** What tells this run from others. */
    static ObjectNode identity(RunSetup setup, SearchPlan plan) {
        ObjectNode run = RunJson.identity(setup, plan.requests());
        options(run, plan);
        ArrayNode searches = run.putArray("searches");
        plan.contenders().forEach(contender -> {
            ObjectNode search =
                    searches.addObject().put("strategy", contender.entry().name());
            contender.texts().forEach(search::put);
        });
        return run;
    }

    private static void options(ObjectNode options, SearchPlan plan) {
        budget(options.putObject("budget"), plan.budget());
        options.put("grid", plan.gridName());
        options.put("guide_weight", plan.guidance().map(guide -> guide.weight()).orElse(null));
        options.put(
                "guide_form",
                plan.guidance().map(guide -> Setting.name(guide.form())).orElse(null));
        options.put("preview_size", plan.preview().isPresent() ? plan.preview().getAsInt() : null);
    }

    /** A prompt's outcome of the process before this one. */
    void add(ObjectNode outcome) {
        json.addPrompt(outcome);
    }

    /** One prompt's outcome. */
    ObjectNode add(int prompt, SearchPage.Image unsearched, List<SearchRunner.Done> done) {
        ObjectNode out = json.addPrompt(plan.requests().get(prompt).prompt());
        RunJson.candidate(
                out.putObject("unsearched"),
                name(unsearched.file()),
                unsearched.scored(),
                1,
                done.getFirst().found().verifiers());
        ArrayNode searches = out.putArray("searches");
        done.forEach(one -> search(searches.addObject(), one));
        return out;
    }

    void write() {
        json.write();
    }

    private static void search(ObjectNode out, SearchRunner.Done done) {
        SearchResult found = done.found();
        out.put("strategy", done.contender().entry().name());
        ObjectNode settings = out.putObject("settings");
        done.contender().texts().forEach(settings::put);
        out.put("stop", Setting.name(found.stop()));
        out.put("winner", name(done.page().file(found.winner().candidate().id())));
        RunJson.ledger(out, found.cost());
        times(out.putObject("times_ms"), found.times());
        ArrayNode curve = out.putArray("curve");
        found.lineage().curve().forEach(point -> {
            ObjectNode one = curve.addObject().put("forwards", point.forwards());
            RunJson.put(one, "best", point.best());
        });
        ArrayNode candidates = out.putArray("candidates");
        List<Scored> ranked = found.ranked();
        for (int i = 0; i < ranked.size(); i++) {
            Scored scored = ranked.get(i);
            String image = name(done.page().file(scored.candidate().id()));
            RunJson.candidate(candidates.addObject(), image, scored, i + 1, found.verifiers());
        }
        ArrayNode lineage = out.putArray("lineage");
        found.lineage().nodes().forEach(node -> node(lineage.addObject(), node));
    }

    private static void node(ObjectNode out, Lineage.Node node) {
        out.put("id", node.id()).put("parent", node.parent()).put("seed", Converters.seed(node.seed()));
        out.put("born", node.born()).put("ended", node.ended());
        ArrayNode previews = out.putArray("previews");
        node.previews().forEach(preview -> {
            ObjectNode one = previews.addObject().put("step", preview.step());
            RunJson.put(one, "score", preview.score());
        });
        RunJson.put(out, "score", node.score().orElse(Double.NaN));
    }

    private static void times(ObjectNode out, Ledger.Times times) {
        out.put("text", Durations.millis(times.text()));
        out.put("denoise", Durations.millis(times.denoise()));
        out.put("decode", Durations.millis(times.decode()));
        out.put("verify", Durations.millis(times.verify()));
        out.put("idle", Durations.millis(times.idle()));
        out.put("total", Durations.millis(times.total()));
    }

    private static void budget(ObjectNode out, Budget budget) {
        out.put("forwards", budget.forwards().isPresent() ? budget.forwards().getAsLong() : null);
        out.put("verifier_calls", budget.calls().isPresent() ? budget.calls().getAsLong() : null);
        out.put("time_ms", budget.time().map(Durations::millis).orElse(null));
        out.put("score", budget.score().isPresent() ? budget.score().getAsDouble() : null);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
