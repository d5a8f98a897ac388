package io.irscale.classify;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A trunk with one linear head a label. Its features, on which all heads agree, tell pictures of the kind it was trained
 * on apart better than a network that never saw any; that is what the Fréchet distance needs of them (arXiv 1706.08500,
 * section 3). Belongs to the thread that made it.
 */
public final class Classifier implements AutoCloseable {
    private final Trunk trunk;
    private final List<Head> heads;

    private Classifier(Trunk trunk, List<Head> heads) {
        this.trunk = trunk;
        this.heads = heads;
    }

    /**
     * Loads a folder, see {@link ClassifierFolder}.
     *
     * @throws InvalidInputException if files, names, shapes or values are wrong
     */
    public static Classifier open(Path folder, Device device, DType dtype) {
        Trunk trunk = Trunk.open(folder, device, dtype);
        try {
            return new Classifier(trunk, heads(folder, trunk.width()));
        } catch (RuntimeException e) {
            trunk.close();
            throw e;
        }
    }

    private static List<Head> heads(Path folder, int width) {
        try (Checkpoint checkpoint = Checkpoint.open(folder.resolve(ClassifierFolder.HEADS))) {
            List<Head> heads = new ArrayList<>();
            for (Label label : ClassifierFolder.labels(folder)) {
                int classes = label.classes().size();
                heads.add(new Head(
                        label,
                        values(checkpoint.tensor(label.name() + ".weight"), List.of((long) classes, (long) width)),
                        values(checkpoint.tensor(label.name() + ".bias"), List.of((long) classes))));
            }
            return heads;
        }
    }

    private static float[] values(StoredTensor tensor, List<Long> shape) {
        if (!tensor.shape().equals(shape) || tensor.dtype() != DType.F32) {
            throw new InvalidInputException("%s: %s is %s of %s, expected F32 of %s"
                    .formatted(tensor.file(), tensor.name(), tensor.dtype(), tensor.shape(), shape));
        }
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    /** What it says something of, in order. */
    public List<Head> heads() {
        return heads;
    }

    /** Images (N, 3, H, W) in [0, 1] to features (N, d) in F32. */
    public Tensor features(Tensor images) {
        return trunk.features(images);
    }

    @Override
    public void close() {
        trunk.close();
    }
}
