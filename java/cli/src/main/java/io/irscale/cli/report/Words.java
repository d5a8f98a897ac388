package io.irscale.cli.report;

import io.irscale.search.Stop;
import java.util.Locale;
import java.util.OptionalDouble;

/** Values as a page says them. */
final class Words {
    private static final String NONE = "–";

    private Words() {}

    static String score(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : NONE;
    }

    static String shortScore(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : NONE;
    }

    static String score(OptionalDouble value) {
        return value.isPresent() ? score(value.getAsDouble()) : NONE;
    }

    static String stop(Stop stop) {
        return switch (stop) {
            case DONE -> "settings met";
            case FORWARDS -> "forwards spent";
            case CALLS -> "calls spent";
            case TIME -> "time over";
            case SCORE -> "score reached";
        };
    }
}
