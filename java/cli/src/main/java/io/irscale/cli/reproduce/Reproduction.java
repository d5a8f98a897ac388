package io.irscale.cli.reproduce;

import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.data.ImageFiles;
import io.irscale.decode.Image;
import io.irscale.decode.Vae;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.FrechetDistance;
import io.irscale.evaluate.Groups;
import io.irscale.file.AtomicFile;
import io.irscale.report.Png;
import io.irscale.tensor.DType;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows;
import io.irscale.train.ImageWindows.Piece;
import io.irscale.train.Retrieval;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The whole of it. The verifier is made, and named, before any distance is computed. */
final class Reproduction {
    static final String REAL = "real";

    private static final double CONFIDENCE = 0.95;
    private static final double PRUNED_SHARE = 0.6;
    private static final int BATCH = 64;

    private final Recipe recipe;
    private final PrintWriter err;
    private final Interruption interruption;

    Reproduction(Recipe recipe, PrintWriter err, Interruption interruption) {
        this.recipe = recipe;
        this.err = err;
        this.interruption = interruption;
    }

    /** What the adaptation left. */
    private record Adapted(
            Path lora,
            Path verifier,
            Map<String, Path> judges,
            Map<String, Path> clips,
            Map<String, Retrieval> retrieval) {}

    /** Does it all; returns the numbers. */
    List<Measured> run() {
        Material material = Material.of(recipe, err);
        Adapted adapted = adapt(material);
        ImageWindows reference = material.reference();
        List<Piece> pieces = reference.some(recipe.extent().images());
        List<String> captions = pieces.stream().map(reference::caption).toList();
        List<Piece> all = reference.tiles();
        Path samples = recipe.samples();
        writeReal(samples, reference, all, "reference");
        writeReal(samples, reference, pieces, REAL);
        ImageFiles real = files(samples, "reference", all.size());
        Bootstrap bootstrap = new Bootstrap(recipe.extent().draws(), CONFIDENCE, recipe.seed());
        Groups frames = Groups.by(all.stream()
                .map(piece -> piece.frame().sample().image().toString())
                .toList());
        List<Judge> judges = new ArrayList<>();
        try (ProgressView progress = ProgressView.ofImages(err, 0)) {
            adapted.judges().forEach((name, folder) -> judges.add(new Judge(name, folder, real, recipe.device())));
            Map<Arm, List<Arm>> arms = draw(adapted, captions, judges.getFirst(), samples);
            List<Measured> measured = new ArrayList<>();
            try (Judging judging = new Judging(
                    samples,
                    pieces,
                    captions,
                    frames,
                    adapted.clips(),
                    bootstrap,
                    recipe.device(),
                    progress,
                    interruption)) {
                arms.forEach((unguided, compared) ->
                        compared.forEach(arm -> measured.add(judging.of(arm, unguided, judges))));
            }
            Map<String, Map<String, Double>> realAccuracy = new LinkedHashMap<>();
            judges.forEach(judge -> realAccuracy.put(judge.name(), judge.accuracy(judge.real(), all)));
            ReproduceJson.write(
                    recipe.out().resolve(ReproduceJson.FILE), recipe, adapted.retrieval(), realAccuracy, measured);
            ReproduceReport.write(
                    recipe.out().resolve(ReproduceReport.FILE),
                    recipe,
                    samples,
                    adapted.retrieval(),
                    realAccuracy,
                    measured);
            return measured;
        } finally {
            judges.forEach(Judge::close);
        }
    }

    private Adapted adapt(Material material) {
        try (Vae vae = Vae.open(recipe.vae(), recipe.device(), DType.BF16)) {
            Adaptation adaptation = new Adaptation(recipe, material, vae, err, interruption);
            Path lora = adaptation.lora();
            Path clean = adaptation.verifier();
            Path aware = adaptation.noiseAware(clean, lora);
            Map<String, Path> clips = new LinkedHashMap<>();
            clips.put("untouched", recipe.verifier());
            clips.put("adapted", clean);
            clips.put("noise-aware", aware);
            Map<String, Retrieval> retrieval = new LinkedHashMap<>();
            clips.forEach((name, folder) -> retrieval.put(name, adaptation.retrieval(folder)));
            Map<String, Path> judges = new LinkedHashMap<>();
            recipe.judges().forEach((name, folder) -> judges.put(name, adaptation.judge(name, folder)));
            return new Adapted(lora, aware, judges, clips, retrieval);
        }
    }

    /** Arms by the unguided one that they are compared with, which comes first among them. */
    private Map<Arm, List<Arm>> draw(Adapted adapted, List<String> captions, Judge first, Path samples) {
        Map<Arm, List<Arm>> arms = new LinkedHashMap<>();
        try (ProgressView progress = ProgressView.ofImages(err, 0);
                Drawing drawing =
                        new Drawing(recipe, captions, adapted.lora(), adapted.verifier(), progress, interruption)) {
            List<Arm> plain = searched(drawing, 1, recipe.extent().candidates());
            arms.put(plain.getFirst(), plain);
            float best = recipe.extent().guidances().stream()
                    .min(Comparator.comparingDouble(guidance -> {
                        Arm arm = drawing.bestOf(guidance, 1).getFirst();
                        double distance =
                                new FrechetDistance(first.moments(), first.features(arm.images(samples))).value();
                        progress.note(
                                "guidance %s: Fréchet distance %.2f by %s".formatted(guidance, distance, first.name()));
                        return distance;
                    }))
                    .orElseThrow();
            List<Arm> guided = searched(drawing, best, recipe.extent().budget());
            arms.put(guided.getFirst(), guided);
        }
        return arms;
    }

    /** Unguided, best of 2, 4 ..., and the other strategies with the budget. */
    private List<Arm> searched(Drawing drawing, float guidance, int most) {
        int n = recipe.extent().budget();
        long budget = n * drawing.forwards(guidance);
        List<Arm> arms = new ArrayList<>(drawing.bestOf(guidance, most));
        for (Compared each : recipe.extent().strategies()) {
            arms.add(drawing.search(guidance, each + "-" + n, each.strategy(n), budget));
            if (each == Compared.PRUNED) {
                arms.add(drawing.search(
                        guidance, each + "-0.6x" + n, each.strategy(n), Math.round(PRUNED_SHARE * budget)));
            }
        }
        return arms;
    }

    /** Real windows as files, so that all images go the same way. */
    private void writeReal(Path samples, ImageWindows windows, List<Piece> pieces, String name) {
        AtomicFile.makeFolder(samples.resolve(name));
        for (int from = 0; from < pieces.size(); from += BATCH) {
            List<Piece> some = pieces.subList(from, Math.min(from + BATCH, pieces.size()));
            try (Tensor pixels = windows.pixels(some);
                    Tensor finished = Vae.finish(pixels)) {
                int size = recipe.size();
                float[] values = finished.floats();
                for (int i = 0; i < some.size(); i++) {
                    float[] one = Arrays.copyOfRange(values, 3 * size * size * i, 3 * size * size * (i + 1));
                    byte[] rgb = new Image(size, size, one).rgb8();
                    Png.writeRgb8(Arm.file(samples, name, from + i), size, size, rgb, Map.of());
                }
            }
        }
    }

    private static ImageFiles files(Path samples, String name, int count) {
        return ImageFiles.ofFiles(IntStream.range(0, count)
                .mapToObj(i -> Arm.file(samples, name, i))
                .toList());
    }
}
