package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Choices of rows. */
public final class Rows {
    private Rows() {}

    /** 0 to {@code count - 1}. */
    static int[] all(int count) {
        return IntStream.range(0, count).toArray();
    }

    /**
     * {@code size} of {@code count} rows without repetition, in their order: the same for the same numbers, so that sets of
     * one length keep rows that belong together.
     *
     * @throws InvalidInputException if {@code size} is not from 1 to {@code count}
     */
    public static int[] sample(int count, int size, long seed) {
        if (size < 1 || size > count) {
            throw new InvalidInputException("%d rows are asked for, expected 1 to %d".formatted(size, count));
        }
        int[] rows = draw(count, size, new Random(seed));
        Arrays.sort(rows);
        return rows;
    }

    /** {@code size} of {@code count} rows without repetition, in random order (Fisher and Yates). */
    static int[] draw(int count, int size, Random random) {
        int[] rows = all(count);
        for (int i = 0; i < size; i++) {
            int j = i + random.nextInt(count - i);
            int swapped = rows[i];
            rows[i] = rows[j];
            rows[j] = swapped;
        }
        return Arrays.copyOf(rows, size);
    }

    /** How often each of {@code count} rows occurs among {@code rows}. */
    static int[] multiplicities(int[] rows, int count) {
        int[] times = new int[count];
        for (int row : rows) {
            times[row]++;
        }
        return times;
    }
}
