package io.irscale.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people and reports read them. */
public final class Durations {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(s|min|h)");
    private static final double MOST_SECONDS = Duration.ofDays(365).toSeconds();

    private Durations() {}

    /** {@code 4.2 s}, {@code 3 min 20 s} or {@code 2 h 5 min}. */
    public static String text(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        if (time.toMinutes() == 0) {
            return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
        }
        return time.toHours() == 0
                ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
                : "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }

    /** {@code 90s}, {@code 1.5min} or {@code 2h}; empty for all else, and for what is not above 0 or beyond a year. */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        double unit = switch (matcher.group(2)) {
            case "h" -> 3600;
            case "min" -> 60;
            default -> 1;
        };
        double seconds = Double.parseDouble(matcher.group(1)) * unit;
        return seconds >= 1e-9 && seconds <= MOST_SECONDS
                ? Optional.of(Duration.ofNanos(Math.round(seconds * 1e9)))
                : Optional.empty();
    }

    /** Milliseconds, to the microsecond. */
    public static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }
}
