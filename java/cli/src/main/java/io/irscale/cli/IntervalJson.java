package io.irscale.cli;

import io.irscale.evaluate.Interval;
import tools.jackson.databind.node.ObjectNode;

/** Intervals in JSON files. */
public final class IntervalJson {
    private IntervalJson() {}

    /** Puts {@code value}, {@code low} and {@code high} into {@code out}, and returns it. */
    public static ObjectNode put(ObjectNode out, Interval interval) {
        return out.put("value", interval.value()).put("low", interval.low()).put("high", interval.high());
    }
}
