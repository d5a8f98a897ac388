package io.irscale.train;

import io.irscale.autograd.Loss;
import io.irscale.classify.ClassifierFolder;
import io.irscale.classify.Head;
import io.irscale.classify.Label;
import io.irscale.classify.Trunk;
import io.irscale.decode.Vae;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows.Piece;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A classifier of windows, whose features are to judge generated pictures. Half of what it sees went through the
 * generator's autoencoder: one that knows real pictures alone measures mostly the autoencoder's blur.
 */
public final class ClassifierObjective implements Objective {
    private static final int LOOKED_AT = 256;

    private final Parts parts = new Parts();
    private final Path folder;
    private final Settings settings;
    private final Vae vae;
    private final ImageWindows training;
    private final ImageWindows validation;
    private final List<Label> labels;
    private final Parameters weights;
    private final Parameters heads;
    private final Trunk trunk;

    /**
     * How batches are drawn.
     *
     * @param batch windows a forward
     * @param seed of weights and windows
     */
    public record Settings(int batch, long seed) {}

    /**
     * A classifier to train. Borrows the VAE.
     *
     * @param folder see {@link ClassifierFolder}; without weights it starts from initial ones
     */
    public ClassifierObjective(
            Path folder,
            Vae vae,
            ImageWindows training,
            ImageWindows validation,
            Settings settings,
            Device device,
            DType dtype) {
        this.folder = folder;
        this.settings = settings;
        this.vae = vae;
        this.training = training;
        this.validation = validation;
        labels = ClassifierFolder.labels(folder);
        WindowLabels.requireKnown(folder.resolve(ClassifierFolder.LABELS), labels, training.frames());
        try {
            weights = parts.own(TextTowers.parameters(folder, settings.seed(), device, dtype));
            trunk = parts.own(Trunk.of(folder, weights));
            heads = parts.own(initialHeads(labels, trunk.width(), settings.seed(), device));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static Parameters initialHeads(List<Label> labels, int width, long seed, Device device) {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            for (Label label : labels) {
                long classes = label.classes().size();
                tensors.add(zeros(arena, label.name() + ".weight", List.of(classes, (long) width)));
                tensors.add(zeros(arena, label.name() + ".bias", List.of(classes)));
            }
            return Parameters.of(tensors, seed, device, DType.F32);
        }
    }

    private static StoredTensor zeros(Arena arena, String name, List<Long> shape) {
        long count = shape.stream().reduce(1L, Math::multiplyExact);
        return new StoredTensor(
                name, DType.F32, shape, arena.allocate(ValueLayout.JAVA_FLOAT, count), Path.of("initial heads"));
    }

    @Override
    public Map<String, Parameters> parameters() {
        Map<String, Parameters> all = new LinkedHashMap<>();
        all.put("trunk", weights);
        all.put("heads", heads);
        return all;
    }

    @Override
    public Map<String, Double> backward(long step, int part, float share) {
        RandomGenerator random = Draws.of(settings.seed(), step, part);
        List<Piece> pieces = training.draw(settings.batch(), random);
        try (Tensor images = training.pixels(pieces);
                Tensor shown = Reconstructions.half(vae, images);
                Recording _ = Recording.start();
                Tensor features = trunk.features(shown);
                Loss loss = loss(features, pieces)) {
            loss.backwardMean(share);
            return Map.of("loss", loss.mean());
        }
    }

    private Loss loss(Tensor features, List<Piece> pieces) {
        List<Loss> each = new ArrayList<>();
        try {
            for (Label label : labels) {
                try (Tensor weight = heads.tensor(label.name() + ".weight");
                        Tensor bias = heads.tensor(label.name() + ".bias");
                        Tensor target = WindowLabels.target(WindowLabels.of(pieces, label), label)) {
                    each.add(Loss.classes(features, weight, bias, target));
                }
            }
            float[] shares = new float[each.size()];
            Arrays.fill(shares, 1f / shares.length);
            return Loss.sum(each, shares);
        } finally {
            each.forEach(Loss::close);
        }
    }

    /** Losses and accuracies on real windows, and on the same through the autoencoder. */
    @Override
    public Map<String, Double> validate() {
        List<Piece> pieces = validation.some(LOOKED_AT);
        Map<String, Double> found = new LinkedHashMap<>();
        try (Tensor images = validation.pixels(pieces);
                Tensor real = Vae.finish(images);
                Tensor through = Reconstructions.all(vae, images);
                Tensor ofReal = trunk.features(real);
                Tensor ofThrough = trunk.features(through);
                Loss loss = loss(ofReal, pieces)) {
            found.put("loss", loss.mean());
            accuracies(ofReal, pieces, "", found);
            accuracies(ofThrough, pieces, "reconstructed ", found);
        }
        return found;
    }

    private void accuracies(Tensor features, List<Piece> pieces, String prefix, Map<String, Double> found) {
        double sum = 0;
        for (Label label : labels) {
            double accuracy = WindowLabels.accuracy(classes(features, label), WindowLabels.of(pieces, label));
            found.put(prefix + label.name(), accuracy);
            sum += accuracy;
        }
        found.put(prefix + "accuracy", sum / labels.size());
    }

    private int[] classes(Tensor features, Label label) {
        try (Tensor weight = heads.tensor(label.name() + ".weight");
                Tensor bias = heads.tensor(label.name() + ".bias")) {
            return new Head(label, weight.floats(), bias.floats()).classes(features);
        }
    }

    /** Nothing: accuracies have no picture. */
    @Override
    public void picture(Path target, long step) {}

    /** The classifier's folder. */
    @Override
    public void save(Path out) {
        Path target = out.resolve("classifier");
        ModelFiles.copyFolder(folder, target);
        String name = Trunk.Kind.of(folder).weights() + ".safetensors";
        ModelFiles.weights(target.resolve(name), weights, training.frames().scaling());
        Path file = target.resolve(ClassifierFolder.HEADS);
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = heads.names().stream()
                    .map(each -> ModelFiles.stored(arena, file, each, each, heads, DType.F32))
                    .toList();
            SafetensorsWriter.write(
                    file, tensors, ModelFiles.header(training.frames().scaling()));
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}
