package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.decode.Image;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One run of {@code generate}: loads once, draws every prompt, writes everything. */
final class GenerateRun {
    private static final int SHOWN_CUT = 200;

    private final EngineOptions options;
    private final LoraSet loras;
    private final List<GenerateRequest> requests;
    private final PixelFormat format;
    private final OutputFolder folder;
    private final ProgressView progress;
    private final Interruption interruption;

    GenerateRun(
            EngineOptions options,
            LoraSet loras,
            List<GenerateRequest> requests,
            PixelFormat format,
            OutputFolder folder,
            ProgressView progress,
            Interruption interruption) {
        this.options = options;
        this.loras = loras;
        this.requests = requests;
        this.format = format;
        this.folder = folder;
        this.progress = progress;
        this.interruption = interruption;
    }

    /** Does it all, and tells {@code out} of the best of each prompt. */
    void run(PrintWriter out) {
        long start = System.nanoTime();
        try (Engine engine =
                progress.loading(options.model() + " on " + options.device(), () -> Engine.open(options))) {
            String torch = Diagnostics.torch(options.libtorch()).version();
            RunJson.Loaded loaded = new RunJson.Loaded(torch, Duration.ofNanos(System.nanoTime() - start));
            AppliedLoras applied = AppliedLoras.apply(engine, loras);
            applied.lines().forEach(progress::note);
            RunJson report = new RunJson(options, applied, requests.getFirst(), format, loaded, folder);
            for (int prompt = 0; prompt < requests.size(); prompt++) {
                SearchResult found = generate(engine, applied, prompt);
                report.add(prompt, requests.get(prompt).prompt(), found);
                tellBest(out, prompt, found);
            }
            report.write();
        }
    }

    private SearchResult generate(Engine engine, AppliedLoras applied, int prompt) {
        interruption.check();
        GenerateRequest request = requests.get(prompt);
        Sheet sheet = new Sheet();
        SearchResult found = engine.generate(request, new Writer(prompt, request, applied, sheet));
        progress.finished(request.forwards());
        sheet.write(folder.sheet(prompt), request, ImageTexts.of(options, applied, request));
        return found;
    }

    private void tellBest(PrintWriter out, int prompt, SearchResult found) {
        Scored best = found.winner();
        int images = found.ranked().size();
        String score = best.score().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "best of %d, score %.4f",
                        images,
                        best.score().getAsDouble())
                : images == 1 ? "1 image, no verifier" : "first of %d, no verifier".formatted(images);
        double seconds = found.times().total().toNanos() / 1e9;
        progress.clear();
        out.println(String.format(
                Locale.ROOT,
                "%s: %s (%s, %.2f images/s)",
                folder.image(prompt, best.candidate().seed()),
                score,
                Durations.text(found.times().total().toNanos()),
                images / seconds));
        out.flush();
    }

    private final class Writer implements GenerationListener {
        private final int prompt;
        private final GenerateRequest request;
        private final AppliedLoras applied;
        private final Sheet sheet;

        Writer(int prompt, GenerateRequest request, AppliedLoras applied, Sheet sheet) {
            this.prompt = prompt;
            this.request = request;
            this.applied = applied;
            this.sheet = sheet;
        }

        @Override
        public void promptCut(String encoder, String cut) {
            String which = requests.size() == 1 ? "the prompt" : "prompt %03d".formatted(prompt);
            progress.note("%s is too long for %s, which does not see \"%s\""
                    .formatted(which, encoder, OneLine.shorten(cut, SHOWN_CUT)));
        }

        @Override
        public void progress(long forwards, double best) {
            interruption.check();
            progress.forwards(forwards);
        }

        @Override
        public void smallerBatch(int rows) {
            progress.note("the device ran out of memory; going on with %d candidates at a time".formatted(rows));
        }

        @Override
        public void finished(Scored scored, Image image) {
            interruption.check();
            format.write(
                    folder.image(prompt, scored.candidate().seed()),
                    image,
                    ImageTexts.of(options, applied, request, scored));
            sheet.add(scored, format.cell(image));
        }
    }
}
