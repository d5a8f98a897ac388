package io.irscale.cli;

import io.irscale.GenerateRequest;
import io.irscale.decode.Image;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** One run of {@code generate}: loads once, draws every prompt, writes everything. */
final class GenerateRun {
    private final RunSetup setup;
    private final List<GenerateRequest> requests;
    private final GenerateFiles files;

    GenerateRun(RunSetup setup, List<GenerateRequest> requests, GenerateFiles files) {
        this.setup = setup;
        this.requests = requests;
        this.files = files;
    }

    /** Does it all, and tells {@code out} of the best of each prompt. */
    void run(PrintWriter out) {
        RunManifest manifest = setup.manifest(GenerateJson.identity(setup, requests));
        try (LoadedRun loaded = LoadedRun.open(setup)) {
            GenerateJson report = new GenerateJson(setup, loaded, requests.getFirst(), files);
            manifest.done().forEach(outcome -> {
                report.add(outcome);
                setup.progress().finished(requests.getFirst().forwards());
            });
            for (int prompt = manifest.done().size(); prompt < requests.size(); prompt++) {
                SearchResult found = generate(loaded, manifest, prompt);
                manifest.add(report.add(prompt, requests.get(prompt).prompt(), found));
                tellBest(out, prompt, found);
            }
            report.write();
            manifest.finish();
        }
    }

    private SearchResult generate(LoadedRun loaded, RunManifest manifest, int prompt) {
        setup.interruption().check();
        GenerateRequest request = requests.get(prompt);
        Sheet sheet = new Sheet();
        SearchResult found = loaded.engine().generate(request, new Writer(prompt, loaded, manifest, sheet));
        setup.progress().finished(request.forwards());
        sheet.write(
                setup.folder().file(files.sheet(prompt)),
                request,
                found.ranked(),
                ImageTexts.of(setup.options(), loaded.loras(), request));
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
        setup.progress().clear();
        out.println(OneLine.of(String.format(
                Locale.ROOT,
                "%s: %s (%s, %.2f images/s)",
                setup.folder().file(GenerateFiles.image(prompt, best.candidate().seed())),
                score,
                Durations.text(found.times().total().toNanos()),
                images / seconds)));
        out.flush();
    }

    private final class Writer extends DrawingListener {
        private final int prompt;
        private final LoadedRun loaded;
        private final RunManifest manifest;
        private final Sheet sheet;

        Writer(int prompt, LoadedRun loaded, RunManifest manifest, Sheet sheet) {
            super(setup, requests.size() == 1 ? "the prompt" : "prompt %03d".formatted(prompt));
            this.prompt = prompt;
            this.loaded = loaded;
            this.manifest = manifest;
            this.sheet = sheet;
        }

        @Override
        public void progress(long forwards, double best) {
            super.progress(forwards, best);
            setup.progress().reached(forwards, Double.NaN);
        }

        @Override
        public void finished(Scored scored, Image image) {
            setup.interruption().check();
            manifest.begin();
            setup.format()
                    .write(
                            setup.folder()
                                    .file(GenerateFiles.image(
                                            prompt, scored.candidate().seed())),
                            image,
                            setup.range(),
                            ImageTexts.of(setup.options(), loaded.loras(), requests.get(prompt), scored));
            sheet.add(scored, setup.format().cell(image));
        }
    }
}
