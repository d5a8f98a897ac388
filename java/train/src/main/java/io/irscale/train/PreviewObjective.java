package io.irscale.train;

import io.irscale.autograd.Loss;
import io.irscale.decode.Vae;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/**
 * A verifier that tells early: its image tower learns to see in a preview what it sees, untouched, in the finished image
 * (self-distillation of TTSnap, arXiv 2511.22242, section 3), while clean images, drawn and real, keep their embeddings.
 */
public final class PreviewObjective implements Objective {
    private static final int BATCH = 64;

    private final TrainedClip model;
    private final PreviewSet training;
    private final PreviewSet validation;
    private final ImageWindows real;
    private final Settings settings;

    /**
     * How batches are drawn.
     *
     * @param batch previews a forward; as many clean images come with them, half of them real
     * @param seed of previews and windows
     */
    public record Settings(int batch, long seed) {}

    /**
     * Takes over the model.
     *
     * @param model LoRAs of the image tower, see {@link TrainedClip#imageLora}
     * @param previews to learn from, and to validate with
     * @param real windows that keep their embeddings
     */
    public PreviewObjective(TrainedClip model, PreviewSets previews, ImageWindows real, Settings settings) {
        this.model = model;
        training = previews.training();
        validation = previews.validation();
        this.real = real;
        this.settings = settings;
    }

    @Override
    public Map<String, Parameters> parameters() {
        return model.parameters();
    }

    @Override
    public Map<String, Double> backward(long step, int part, float share) {
        RandomGenerator random = Draws.of(settings.seed(), step, part);
        int[] rows = random.ints(settings.batch(), 0, training.count()).toArray();
        int[] shares =
                random.ints(settings.batch(), 0, PreviewSet.SHARES.size()).toArray();
        try (Tensor previews = training.previews(rows, shares);
                Tensor finished = training.finished(rows);
                Tensor early = model.preprocessing().apply(previews);
                Tensor late = model.preprocessing().apply(finished);
                Tensor kept = clean(random);
                Tensor lateTarget = model.clip().embedImage(late);
                Tensor keptTarget = model.clip().embedImage(kept);
                Recording _ = Recording.start();
                DeviceLora.Lent _ = model.lend();
                Tensor earlySeen = model.clip().embedImage(early);
                Tensor keptSeen = model.clip().embedImage(kept);
                Loss distilled = Loss.cosine(earlySeen, lateTarget);
                Loss anchored = Loss.cosine(keptSeen, keptTarget);
                Loss loss = Loss.sum(List.of(distilled, anchored), 1, 1)) {
            loss.backwardMean(share);
            return Map.of("loss", loss.mean(), "previews", distilled.mean(), "clean", anchored.mean());
        }
    }

    /** As many as a batch, finished images and real windows, preprocessed. */
    private Tensor clean(RandomGenerator random) {
        int half = settings.batch() / 2;
        int[] rows = random.ints(settings.batch() - half, 0, training.count()).toArray();
        try (Tensor drawn = training.finished(rows);
                Tensor pixels = real.pixels(real.draw(half, random));
                Tensor windows = Vae.finish(pixels);
                Tensor first = model.preprocessing().apply(drawn);
                Tensor second = model.preprocessing().apply(windows)) {
            return Tensor.concat(List.of(first, second));
        }
    }

    /**
     * For every share of the steps Spearman's correlation, among the images of a prompt, of the previews' scores with the
     * untouched verifier's scores of the finished images, and for comparison the untouched verifier's own; the loss is
     * what is missing to 1.
     */
    @Override
    public Map<String, Double> validate() {
        float[] finished = scores(rows -> validation.finished(rows));
        Map<String, Double> found = new LinkedHashMap<>();
        double missing = 0;
        for (int share = 0; share < PreviewSet.SHARES.size(); share++) {
            int at = share;
            float[] before = scores(rows -> previews(rows, at));
            float[] after;
            try (DeviceLora.Lent _ = model.lend()) {
                after = scores(rows -> previews(rows, at));
            }
            String name = String.format(Locale.ROOT, "%.3f", PreviewSet.SHARES.get(share));
            found.put("spearman at " + name, correlation(after, finished));
            found.put("untouched at " + name, correlation(before, finished));
            missing += 1 - found.getOrDefault("spearman at " + name, 0.0);
        }
        Map<String, Double> losses = new LinkedHashMap<>();
        losses.put("loss", missing / PreviewSet.SHARES.size());
        losses.putAll(found);
        return losses;
    }

    private Tensor previews(int[] rows, int share) {
        int[] shares = new int[rows.length];
        Arrays.fill(shares, share);
        return validation.previews(rows, shares);
    }

    private interface Rows {
        Tensor of(int[] rows);
    }

    /** Cosines between pictures and their prompts. */
    private float[] scores(Rows images) {
        float[] scores = new float[validation.count()];
        for (int from = 0; from < scores.length; from += BATCH) {
            int[] rows =
                    IntStream.range(from, Math.min(from + BATCH, scores.length)).toArray();
            List<String> prompts = validation.prompts().subList(from, from + rows.length);
            try (Tensor some = images.of(rows);
                    Tensor pixels = model.preprocessing().apply(some);
                    Tensor image = model.clip().embedImage(pixels);
                    Tensor text = model.clip().embedText(model.tokenize(prompts));
                    Tensor cosines = Clip.cosine(image, text)) {
                float[] values = cosines.floats();
                for (int i = 0; i < rows.length; i++) {
                    scores[from + i] = values[i * rows.length + i];
                }
            }
        }
        return scores;
    }

    /** The mean over prompts. */
    private double correlation(float[] a, float[] b) {
        List<String> prompts = validation.prompts();
        double sum = 0;
        int groups = 0;
        for (int from = 0; from < prompts.size(); ) {
            int to = from;
            while (to < prompts.size() && prompts.get(to).equals(prompts.get(from))) {
                to++;
            }
            double value = to - from < 3
                    ? Double.NaN
                    : new SpearmansCorrelation().correlation(doubles(a, from, to), doubles(b, from, to));
            if (!Double.isNaN(value)) {
                sum += value;
                groups++;
            }
            from = to;
        }
        return groups == 0 ? 0 : sum / groups;
    }

    private static double[] doubles(float[] values, int from, int to) {
        return IntStream.range(from, to).mapToDouble(i -> values[i]).toArray();
    }

    /** Nothing: correlations have no picture. */
    @Override
    public void picture(Path folder, long step) {}

    @Override
    public void save(Path folder) {
        model.save(folder, real.frames().scaling());
    }

    @Override
    public void close() {
        model.close();
    }
}
