package io.irscale.cli;

import java.time.Duration;
import java.util.Locale;

/** Times as people and reports read them. */
final class Durations {
    private Durations() {}

    /** {@code 4.2 s}, {@code 3 min 20 s} or {@code 2 h 5 min}. */
    static String text(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        if (time.toMinutes() == 0) {
            return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
        }
        return time.toHours() == 0
                ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
                : "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }

    /** Milliseconds, to the microsecond. */
    static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }
}
