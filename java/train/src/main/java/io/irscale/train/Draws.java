package io.irscale.train;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Random numbers that depend on a seed, a step and a part of it alone, so that a run can go on where it was cut. */
final class Draws {
    private Draws() {}

    static RandomGenerator of(long seed, long step, long part) {
        // Odd factors keep neighbouring steps apart; SplittableRandom mixes the rest.
        return new SplittableRandom(
                seed * 0x9E3779B97F4A7C15L + step * 0xD1B54A32D192ED03L + part * 0x8CB92BA72F3D8DD7L);
    }

    /** Standard normal values. */
    static float[] normal(RandomGenerator random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
