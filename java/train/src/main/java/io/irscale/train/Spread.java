package io.irscale.train;

import java.util.stream.IntStream;

/** Some of many, evenly, and always the same. */
final class Spread {
    private Spread() {}

    /** At most {@code most} places out of {@code count}. */
    static int[] of(int most, int count) {
        int n = Math.min(most, count);
        return IntStream.range(0, n).map(i -> (int) ((long) i * count / n)).toArray();
    }
}
