package io.irscale.autograd;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The slope of a loss along a direction in its weights, by its gradient and by central differences. */
final class Slopes implements AutoCloseable {
    // Of the loss: far above its rounding in F32, and little enough for the loss to be nearly straight.
    private static final double CHANGE = 4e-4;

    private final Parameters parameters;
    private final Supplier<Loss> loss;
    private final AdamW optimizer;
    private final Map<String, float[]> weights = new LinkedHashMap<>();
    private final Map<String, float[]> gradients;

    Slopes(Parameters parameters, Supplier<Loss> loss) {
        this.parameters = parameters;
        this.loss = loss;
        gradients = Gradients.of(parameters, () -> {
            try (Loss recorded = loss.get()) {
                recorded.backwardMean(1);
            }
        });
        optimizer = new AdamW(parameters, false);
        for (String name : parameters.names()) {
            try (Tensor weight = optimizer.state(name, AdamW.State.WEIGHT)) {
                weights.put(name, weight.floats());
            }
        }
    }

    /** Weights in F32 of the names and values given. */
    static Parameters parameters(Map<String, float[]> values, Map<String, long[]> shapes) {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            values.forEach((name, numbers) -> tensors.add(new StoredTensor(
                    name,
                    DType.F32,
                    Arrays.stream(Objects.requireNonNull(shapes.get(name)))
                            .boxed()
                            .toList(),
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers),
                    Path.of("test"))));
            return Parameters.of(tensors, 1, Device.CPU, DType.F32);
        }
    }

    static float[] normal(RandomGenerator random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /**
     * |by gradient / by differences - 1| along a random direction in some of the weights.
     *
     * @param uphill turns every component to the side where the loss grows: many small slopes then add up instead of
     *     cancelling below the rounding
     */
    double error(Predicate<String> some, boolean uphill, RandomGenerator random) {
        Map<String, float[]> direction = new LinkedHashMap<>();
        double slope = 0;
        for (String name : weights.keySet()) {
            if (!some.test(name)) {
                continue;
            }
            float[] gradient = Objects.requireNonNull(gradients.get(name));
            float[] d = normal(random, gradient.length, 1);
            for (int i = 0; i < d.length; i++) {
                if (uphill) {
                    d[i] = Math.abs(d[i]) * Math.signum(gradient[i]);
                }
                slope += (double) d[i] * gradient[i];
            }
            direction.put(name, d);
        }
        try (Loss here = loss.get()) {
            double step = CHANGE * here.mean() / Math.abs(slope);
            double wide = differences(direction, step);
            double narrow = differences(direction, step / 2);
            along(direction, 0);
            double straight = (4 * narrow - wide) / 3; // Richardson: without the third derivative
            return Math.abs(slope / straight - 1);
        }
    }

    private double differences(Map<String, float[]> direction, double step) {
        return (along(direction, step) - along(direction, -step)) / (2 * step);
    }

    private double along(Map<String, float[]> direction, double step) {
        direction.forEach((name, d) -> {
            float[] moved = Objects.requireNonNull(weights.get(name)).clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += (float) (step * d[i]);
            }
            try (Tensor weight = parameters.tensor(name);
                    Tensor values = Tensor.of(moved, weight.shape())) {
                optimizer.restore(name, AdamW.State.WEIGHT, values);
            }
        });
        try (Loss there = loss.get()) {
            return there.mean();
        }
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
