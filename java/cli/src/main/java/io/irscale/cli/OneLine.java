package io.irscale.cli;

import io.irscale.error.IrscaleException;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import picocli.CommandLine.PicocliException;

/** Text from files and users made fit for one line of a terminal: control and format characters show as escapes. */
public final class OneLine {
    private static final int MOST = 1000;
    // Line breaks and tabs read well as spaces; all else could move the cursor, change colours or reorder the line.
    private static final Pattern BREAKS = Pattern.compile("[ \\t]*[\\n\\r\\u0085\\u2028\\u2029\\t][\\s]*");
    private static final Pattern HIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}]");

    private OneLine() {}

    /** One line with the same words. */
    public static String of(String text) {
        String flat = BREAKS.matcher(text.strip()).replaceAll(" ");
        String visible = HIDDEN.matcher(flat)
                .replaceAll(match -> "\\\\u%04x".formatted(match.group().codePointAt(0)));
        return shorten(visible, MOST);
    }

    /** What went wrong, in one line. Messages written for users stand alone; others need their type. */
    public static String of(Throwable failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        boolean ours = failure instanceof IrscaleException
                || failure instanceof PicocliException
                || failure instanceof CancellationException;
        return ours ? of(message) : of(failure.getClass().getSimpleName() + ": " + message);
    }

    /** At most {@code most} characters: a longer text loses its middle. */
    public static String shorten(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int head = (most - 1) * 2 / 3;
        int tail = text.length() - (most - 1 - head);
        // A surrogate pair stays whole.
        head -= Character.isHighSurrogate(text.charAt(head - 1)) ? 1 : 0;
        tail += Character.isLowSurrogate(text.charAt(tail)) ? 1 : 0;
        return text.substring(0, head) + "…" + text.substring(tail);
    }
}
