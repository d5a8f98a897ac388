package io.irscale.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import io.irscale.tensor.Tensor;
import java.nio.ByteBuffer;

/** 8-bit images of goldens, and how near two tensors are. */
final class Images {
    private Images() {}

    /** Of (H, W, 3) to (1, 3, H, W) in [0, 1]. */
    static Tensor of(GoldenTensors golden, String name) {
        int height = golden.size(name, 0);
        int width = golden.size(name, 1);
        ByteBuffer bytes = golden.bytes(name);
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i % 3 * height * width + i / 3] = (bytes.get(i) & 0xFF) / 255F;
        }
        return Tensor.of(values, 1, 3, height, width);
    }

    /** Every {@code step}-th row and column of (1, 3, H, W). */
    static float[] sampled(Tensor pixels, int step) {
        int edge = Math.toIntExact(pixels.size(2));
        float[] all = pixels.floats();
        int side = Math.ceilDiv(edge, step);
        float[] sampled = new float[3 * side * side];
        for (int i = 0; i < sampled.length; i++) {
            int row = i / side % side * step;
            sampled[i] = all[i / (side * side) * edge * edge + row * edge + i % side * step];
        }
        return sampled;
    }

    /** By the largest difference, over the largest expected value. */
    static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        assertThat(difference / largest).isLessThan(tolerance);
    }
}
