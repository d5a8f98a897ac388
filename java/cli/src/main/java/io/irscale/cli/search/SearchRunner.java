package io.irscale.cli.search;

import io.irscale.cli.AppliedLoras;
import io.irscale.cli.DrawingListener;
import io.irscale.cli.Durations;
import io.irscale.cli.ImageTexts;
import io.irscale.cli.LoadedRun;
import io.irscale.cli.OneLine;
import io.irscale.cli.PixelFormat;
import io.irscale.cli.RunManifest;
import io.irscale.cli.RunSetup;
import io.irscale.cli.report.HtmlReport;
import io.irscale.cli.report.Previews;
import io.irscale.cli.report.PromptPage;
import io.irscale.cli.report.SearchPage;
import io.irscale.cli.search.StrategyEntry.Contender;
import io.irscale.decode.Image;
import io.irscale.search.Candidate;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** One run of {@code search}: loads once, searches for every prompt by every strategy, writes everything. */
final class SearchRunner {
    /** Of a prompt's outcome in the manifest: what the report says of it. */
    private static final String SECTION = "section";

    private final RunSetup setup;
    private final SearchPlan plan;

    SearchRunner(RunSetup setup, SearchPlan plan) {
        this.setup = setup;
        this.plan = plan;
    }

    /** Does it all, and tells {@code out} of the winner of each search. */
    void run(PrintWriter out) {
        RunManifest manifest = setup.manifest(SearchJson.identity(setup, plan));
        try (LoadedRun loaded = LoadedRun.open(setup)) {
            SearchJson json = new SearchJson(setup, loaded, plan);
            HtmlReport report = new HtmlReport(ReportHeads.of(setup, plan), setup.progress()::note);
            for (ObjectNode outcome : manifest.done()) {
                report.add(outcome.remove(SECTION).asString(""));
                plan.contenders().forEach(contender -> SearchProgress.skip(setup.progress(), plan));
                json.add(outcome);
            }
            for (int prompt = manifest.done().size(); prompt < plan.requests().size(); prompt++) {
                List<Done> done = new ArrayList<>();
                for (Contender contender : plan.contenders()) {
                    Done one = search(loaded, manifest, prompt, contender, report.wantsMore());
                    done.add(one);
                    tellWinner(out, prompt, one);
                }
                SearchPage.Image unsearched = unsearched(loaded, manifest, prompt, done);
                ObjectNode outcome = json.add(prompt, unsearched, done);
                String section = report.add(new PromptPage(
                        plan.requests().get(prompt).prompt(),
                        unsearched,
                        done.stream().map(Done::page).toList()));
                manifest.add(outcome.deepCopy().put(SECTION, section));
            }
            json.write();
            Path file = setup.folder().file(SearchFiles.REPORT);
            report.write(file);
            manifest.finish();
            out.println(OneLine.of("report: " + file));
            out.flush();
        }
    }

    /** A search that has ended. */
    record Done(Contender contender, SearchPage page) {
        SearchResult found() {
            return page.found();
        }
    }

    private Done search(LoadedRun loaded, RunManifest manifest, int prompt, Contender contender, boolean shown) {
        setup.interruption().check();
        String name = contender.entry().name();
        Writer writer = new Writer(prompt, name, contender.texts(), loaded.loras(), manifest, shown);
        SearchResult found = loaded.engine().search(plan.search(prompt, contender.strategy()), writer);
        writer.progress.finished(found.cost().forwards());
        return new Done(
                contender,
                new SearchPage(
                        name,
                        contender.entry().description(),
                        contender.texts(),
                        found,
                        id -> file(prompt, name, id),
                        writer.previews));
    }

    /** The image of the first seed as it is without any search. */
    private SearchPage.Image unsearched(LoadedRun loaded, RunManifest manifest, int prompt, List<Done> done) {
        for (Done one : done) {
            Optional<Scored> first = one.found().ranked().stream()
                    .filter(scored -> scored.candidate().id() == 0)
                    .findFirst();
            if (plan.drawsUnsearched(one.contender()) && first.isPresent()) {
                return new SearchPage.Image(file(prompt, one.contender().entry().name(), 0), first.get());
            }
        }
        Writer writer = new Writer(prompt, SearchFiles.UNSEARCHED, Map.of(), loaded.loras(), manifest, false);
        SearchResult found = loaded.engine().search(plan.unsearched(prompt), writer);
        return new SearchPage.Image(file(prompt, SearchFiles.UNSEARCHED, 0), found.winner());
    }

    private Path file(int prompt, String strategy, int candidate) {
        return setup.folder().file(SearchFiles.image(prompt, strategy, candidate));
    }

    private void tellWinner(PrintWriter out, int prompt, Done done) {
        SearchResult found = done.found();
        Candidate winner = found.winner().candidate();
        String score = found.winner().score().isPresent()
                ? String.format(
                        Locale.ROOT, "score %.4f", found.winner().score().getAsDouble())
                : "no verifier";
        setup.progress().clear();
        out.println(OneLine.of("%s: winner of %s, %s (best of %d, %d forwards, %s)"
                .formatted(
                        file(prompt, done.contender().entry().name(), winner.id()),
                        done.contender().entry().name(),
                        score,
                        found.ranked().size(),
                        found.cost().forwards(),
                        Durations.text(found.times().total().toNanos()))));
        out.flush();
    }

    private final class Writer extends DrawingListener {
        private final int prompt;
        private final String strategy;
        private final Map<String, String> settings;
        private final AppliedLoras loras;
        private final RunManifest manifest;
        private final boolean shown;
        private final Previews previews = new Previews(setup.format() != PixelFormat.RGB8);
        private final SearchProgress progress = new SearchProgress(setup.progress(), plan.budget());

        Writer(
                int prompt,
                String strategy,
                Map<String, String> settings,
                AppliedLoras loras,
                RunManifest manifest,
                boolean shown) {
            super(setup, plan.requests().size() == 1 ? "the prompt" : "prompt %03d".formatted(prompt));
            this.prompt = prompt;
            this.strategy = strategy;
            this.settings = settings;
            this.loras = loras;
            this.manifest = manifest;
            this.shown = shown;
        }

        @Override
        public void progress(long forwards, double best) {
            super.progress(forwards, best);
            if (!strategy.equals(SearchFiles.UNSEARCHED)) {
                progress.reached(forwards, best);
            }
        }

        @Override
        public boolean wantsPreviews() {
            return shown;
        }

        @Override
        public void previewed(Candidate candidate, double score, Image image) {
            previews.add(candidate.id(), candidate.step(), image);
        }

        @Override
        public void finished(Scored scored, Image image) {
            setup.interruption().check();
            manifest.begin();
            Map<String, String> texts =
                    ImageTexts.of(setup.options(), loras, plan.requests().get(prompt), scored);
            texts.put("strategy", strategy);
            settings.forEach((key, value) -> texts.put("strategy." + key, value));
            texts.put("candidate", Integer.toString(scored.candidate().id()));
            if (!strategy.equals(SearchFiles.UNSEARCHED)) {
                texts.put("grid", plan.gridName());
                plan.guidance()
                        .ifPresent(guide -> texts.put("guide", guide.weight() + " " + Setting.name(guide.form())));
            }
            setup.format().write(file(prompt, strategy, scored.candidate().id()), image, setup.range(), texts);
        }
    }
}
