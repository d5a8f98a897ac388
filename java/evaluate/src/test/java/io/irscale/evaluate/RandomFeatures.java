package io.irscale.evaluate;

import java.util.Random;

/** Features with normal values. */
final class RandomFeatures {
    private RandomFeatures() {}

    static Features normal(int count, int dimensions, double shift, double deviation, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * dimensions];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (shift + deviation * random.nextGaussian());
        }
        return Features.of(values, count, dimensions);
    }
}
