package io.irscale.evaluate;

import io.irscale.classify.Classifier;
import io.irscale.classify.Trunk;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;

/**
 * The features of a classifier that {@code irscale train classifier} trained on images of the very kind that is judged:
 * a network that never saw infrared images tells them apart by what does not matter in them.
 */
public final class ClassifierEncoder implements FeatureEncoder {
    private final Classifier classifier;
    private final Device device;
    private final Trunk.Kind kind;
    private final String weights;

    private ClassifierEncoder(Classifier classifier, Device device, Trunk.Kind kind, String weights) {
        this.classifier = classifier;
        this.device = device;
        this.kind = kind;
        this.weights = weights;
    }

    /**
     * Loads a classifier's folder.
     *
     * @param folder as {@link Classifier#open} takes it
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong
     */
    public static ClassifierEncoder open(Path folder, Device device, DType dtype) {
        Classifier classifier = Classifier.open(folder, device, dtype);
        try {
            Trunk.Kind kind = Trunk.Kind.of(folder);
            return new ClassifierEncoder(classifier, device, kind, WeightsHash.of(folder, kind.weights()));
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    /** The network itself, for what its heads say; borrowed. */
    public Classifier classifier() {
        return classifier;
    }

    @Override
    public String name() {
        return "classifier";
    }

    @Override
    public String weights() {
        return weights;
    }

    @Override
    public String preprocessing() {
        return switch (kind) {
            case CONVOLUTIONS -> "the classifier's own, means of its convolutions";
            case TRANSFORMER -> "the classifier's own, its projection of unit length";
        };
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Features encode(Tensor images) {
        try (Tensor features = classifier.features(images)) {
            return Features.of(features);
        }
    }

    @Override
    public void close() {
        classifier.close();
    }
}
