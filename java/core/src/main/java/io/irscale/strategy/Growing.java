package io.irscale.strategy;

import io.irscale.search.Outlook;
import java.util.OptionalInt;

/** Sizes of rounds where time alone ends a search: small ones first, so that something is finished whenever it ends. */
final class Growing {
    private int next;

    private Growing(int first) {
        this.next = first;
    }

    /** Grows from {@code first} where neither settings nor budget give a size, else limits nothing. */
    static Growing from(int first, OptionalInt size, Outlook outlook) {
        return new Growing(size.isEmpty() && !outlook.metered() ? first : Integer.MAX_VALUE);
    }

    /** The next round's size, at most {@code affordable}; twice as many may come after it. */
    int next(int affordable) {
        int size = Math.min(next, affordable);
        next = next > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : next * 2;
        return size;
    }
}
