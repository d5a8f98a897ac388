package io.irscale.bench;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.ModelDefaults;
import io.irscale.classify.Classifier;
import io.irscale.classify.Head;
import io.irscale.data.Frames;
import io.irscale.data.image.Scaling;
import io.irscale.data.layout.Datasets;
import io.irscale.decode.Image;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows;
import io.irscale.train.ImageWindows.Piece;
import io.irscale.train.Pictures;
import io.irscale.train.WindowLabels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The demo model's pictures for captions of validation windows: a grid of real windows above images of one seed and the
 * best of {@value #CANDIDATES}, and how often a classifier finds in them what the captions say. Arguments: validation
 * folder of HIT-UAV, classifier, images, grid.
 */
public final class DemoSamples {
    private static final int CANDIDATES = 8;
    private static final int WINDOW = 128;
    private static final int SHOWN = 10;

    private DemoSamples() {}

    /** Runs the study. */
    public static void main(String[] arguments) {
        if (arguments.length != 4) {
            throw new IllegalArgumentException("expected: VALIDATION JUDGE IMAGES GRID.png");
        }
        Path demo = Path.of(System.getProperty("irscale.root", ".")).resolve("demo");
        ModelDefaults defaults = ModelDefaults.of(demo.resolve("pipeline"));
        int size = defaults.width();
        ImageWindows windows = new ImageWindows(
                Frames.read(Datasets.open(Path.of(arguments[0])), Scaling.pictures(), count -> {}), WINDOW, size);
        List<Piece> pieces = windows.some(Integer.parseInt(arguments[2]));
        List<float[]> first = new ArrayList<>();
        List<float[]> best = new ArrayList<>();
        double gain = 0;
        EngineOptions options = EngineOptions.of(demo.resolve("pipeline"))
                .withVerifier(defaults.verifier().orElseThrow())
                .in(DType.BF16);
        try (Engine engine = Engine.open(options)) {
            for (int i = 0; i < pieces.size(); i++) {
                Map<Integer, Image> images = new ConcurrentHashMap<>();
                GenerateRequest request = defaults.request(windows.caption(pieces.get(i)))
                        .withCandidates(CANDIDATES, (long) i * CANDIDATES);
                SearchResult found = engine.generate(request, new GenerationListener() {
                    @Override
                    public void finished(Scored scored, Image image) {
                        images.put(scored.candidate().id(), image);
                    }
                });
                first.add(values(images, 0));
                best.add(values(images, found.winner().candidate().id()));
                gain += found.winner().score().orElseThrow() - score(found, 0);
            }
        }
        try (Tensor pixels = windows.pixels(pieces)) {
            List<float[]> real = rows(pixels.floats(), pieces.size());
            System.out.printf("score of the best of %d above that of one: %.4f%n", CANDIDATES, gain / pieces.size());
            try (Classifier classifier = Classifier.open(Path.of(arguments[1]), Device.CPU, DType.F32)) {
                tell(classifier, "real windows", real, pieces, size);
                tell(classifier, "one seed", first, pieces, size);
                tell(classifier, "best of " + CANDIDATES, best, pieces, size);
            }
            Pictures.write(Path.of(arguments[3]), size, List.of(shown(real), shown(first), shown(best)));
        }
    }

    private static double score(SearchResult found, int id) {
        return found.ranked().stream()
                .filter(scored -> scored.candidate().id() == id)
                .findFirst()
                .orElseThrow()
                .score()
                .orElseThrow();
    }

    /** In [-1, 1], as windows are. */
    private static float[] values(Map<Integer, Image> images, int id) {
        Image image = images.get(id);
        if (image == null) {
            throw new IllegalStateException("no image of candidate " + id);
        }
        float[] values = image.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * values[i] - 1;
        }
        return values;
    }

    private static List<float[]> rows(float[] values, int count) {
        int one = values.length / count;
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] row = new float[one];
            System.arraycopy(values, i * one, row, 0, one);
            rows.add(row);
        }
        return rows;
    }

    private static float[] joined(List<float[]> rows) {
        int one = rows.getFirst().length;
        float[] all = new float[rows.size() * one];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * one, one);
        }
        return all;
    }

    /** Evenly chosen ones beside each other. */
    private static float[] shown(List<float[]> rows) {
        List<float[]> some = new ArrayList<>();
        for (int i = 0; i < Math.min(SHOWN, rows.size()); i++) {
            some.add(rows.get(i * rows.size() / Math.min(SHOWN, rows.size())));
        }
        return joined(some);
    }

    private static void tell(Classifier classifier, String what, List<float[]> rows, List<Piece> pieces, int size) {
        float[] values = joined(rows);
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] + 1) / 2;
        }
        StringBuilder line = new StringBuilder(what);
        try (Tensor images = Tensor.of(values, rows.size(), 3, size, size);
                Tensor features = classifier.features(images)) {
            for (Head head : classifier.heads()) {
                double accuracy = WindowLabels.accuracy(head.classes(features), WindowLabels.of(pieces, head.label()));
                line.append("; %s %.3f".formatted(head.label().name(), accuracy));
            }
        }
        System.out.println(line);
    }
}
