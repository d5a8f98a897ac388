package io.irscale.cli.reproduce;

import io.irscale.classify.Head;
import io.irscale.data.ImageFiles;
import io.irscale.evaluate.ClassifierEncoder;
import io.irscale.evaluate.Features;
import io.irscale.evaluate.Moments;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows.Piece;
import io.irscale.train.WindowLabels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A classifier with what it makes of the real images. */
final class Judge implements AutoCloseable {
    private static final int BATCH = 32;

    private final String name;
    private final ClassifierEncoder encoder;
    private final Features real;
    private final Moments moments;

    Judge(String name, Path folder, ImageFiles realImages, Device device) {
        this.name = name;
        encoder = ClassifierEncoder.open(folder, device, DType.F32);
        try {
            real = encoder.encode(realImages, BATCH);
            moments = Moments.of(real);
        } catch (RuntimeException e) {
            encoder.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    Features real() {
        return real;
    }

    Moments moments() {
        return moments;
    }

    Features features(ImageFiles images) {
        return encoder.encode(images, BATCH);
    }

    /** How often its heads find in features of images what their captions say, by label. */
    Map<String, Double> accuracy(Features features, List<Piece> pieces) {
        Map<String, Double> accuracy = new LinkedHashMap<>();
        try (Tensor rows = Tensor.of(features.values(), features.count(), features.dimensions())) {
            for (Head head : encoder.classifier().heads()) {
                accuracy.put(
                        head.label().name(),
                        WindowLabels.accuracy(head.classes(rows), WindowLabels.of(pieces, head.label())));
            }
        }
        return accuracy;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
