package io.irscale.strategy;

import io.irscale.search.Search;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.IntToLongFunction;

/** How much fits what is left of a budget, and rounds of it. */
final class Affordable {
    private Affordable() {}

    /** How many pieces of work are left at so many forwards and verifier calls each, {@code most} at most. */
    static int of(Search search, long forwards, long calls, int most) {
        return largest(search, most, n -> n * forwards, n -> n * calls);
    }

    /** The largest size from 1 to {@code most} that is left at costs that grow with the size; 0 if none is. */
    static int largest(Search search, int most, IntToLongFunction forwards, IntToLongFunction calls) {
        if (most < 1 || !search.affords(forwards.applyAsLong(1), calls.applyAsLong(1))) {
            return 0;
        }
        int fits = 1;
        int open = most;
        while (fits < open) {
            int middle = open - (open - fits) / 2;
            if (forwards.applyAsLong(middle) <= search.forwardsLeft()
                    && calls.applyAsLong(middle) <= search.callsLeft()) {
                fits = middle;
            } else {
                open = middle - 1;
            }
        }
        return fits;
    }

    /** Runs a round of the affordable size: once, or in a bounded search as long as that is above 0. */
    static void rounds(Search search, IntSupplier affordable, IntConsumer round) {
        int size = affordable.getAsInt();
        while (size > 0) {
            round.accept(size);
            size = search.bounded() ? affordable.getAsInt() : 0;
        }
    }
}
