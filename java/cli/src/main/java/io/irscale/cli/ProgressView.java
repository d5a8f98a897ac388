package io.irscale.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is, on standard error: a bar where a person watches, else a line now and then; nothing for what is done
 * in a moment.
 */
public final class ProgressView implements AutoCloseable {
    private static final long SOON_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final String unit;
    private final long total;
    private final Set<String> said = new HashSet<>();
    private long before;
    // Of an earlier process, which say nothing of this one's speed.
    private long skipped;
    private long start = System.nanoTime();
    private long lastLine = start;
    private @Nullable ProgressBar bar;

    private ProgressView(PrintWriter err, boolean terminal, String unit, long total) {
        this.err = err;
        this.terminal = terminal;
        this.unit = unit;
        this.total = total;
    }

    /** Of a run of so many transformer forwards; 0 if that is open. */
    public static ProgressView ofForwards(PrintWriter err, long total) {
        return new ProgressView(err, Terminal.isStandardError(), "transformer forwards", total);
    }

    /** Of a run of so many seconds. */
    public static ProgressView ofSeconds(PrintWriter err, long total) {
        return new ProgressView(err, Terminal.isStandardError(), "seconds", total);
    }

    /** Of a training of so many steps. */
    public static ProgressView ofSteps(PrintWriter err, long total) {
        return new ProgressView(err, Terminal.isStandardError(), "steps", total);
    }

    /** Of a run of so many images that encoders look at. */
    public static ProgressView ofImages(PrintWriter err, long total) {
        return new ProgressView(err, Terminal.isStandardError(), "images encoded", total);
    }

    /** Of so many images whose samples are looked at. */
    public static ProgressView ofLooks(PrintWriter err, long total) {
        return new ProgressView(err, Terminal.isStandardError(), "images looked at", total);
    }

    /** Of a run of so many bootstrap draws. */
    public static ProgressView ofDraws(PrintWriter err, long total) {
        return new ProgressView(err, Terminal.isStandardError(), "bootstrap draws", total);
    }

    /** Runs {@code work}, and says {@code what} it is if it takes a while. */
    public <T> T loading(String what, Supplier<T> work) {
        Timer timer = new Timer("irscale-loading", true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        note("loading " + what + " …");
                    }
                },
                Duration.ofNanos(SOON_NANOS).toMillis());
        try {
            return work.get();
        } finally {
            timer.cancel();
            if (before == 0) {
                start = System.nanoTime();
                lastLine = start;
            }
        }
    }

    /** So much of the part at hand is behind; {@code best} is its best score so far, NaN to say nothing of it. */
    public void reached(long done, double best) {
        long now = System.nanoTime();
        long all = before + done;
        String score = Double.isNaN(best) ? "" : String.format(Locale.ROOT, ", best score %.4f", best);
        if (terminal && now - start > SOON_NANOS) {
            bar().stepTo(all).setExtraMessage(score.replaceFirst("^, ", ""));
        } else if (!terminal && now - lastLine > LINE_NANOS && (total == 0 || all < total)) {
            lastLine = now;
            note(all + left(all, now - start) + score);
        }
    }

    private String left(long all, long passed) {
        if (total == 0 || all <= skipped) {
            return " " + unit;
        }
        return " of %d %s (%d %%), %s left"
                .formatted(
                        total, unit, 100 * all / total, Durations.text(nanosLeft(passed, all - skipped, total - all)));
    }

    /** For {@code left} at the speed at which {@code own} took {@code passed}. */
    static long nanosLeft(long passed, long own, long left) {
        return Math.round((double) passed / own * left);
    }

    /** So much was behind before this process began. */
    public void goesOnAfter(long done) {
        skipped = done;
        note("goes on after step " + done);
    }

    /** A part of that size is finished. */
    public void finished(long part) {
        before += part;
        if (before == total) {
            close();
        }
    }

    /** Says something, on a line of its own. */
    public synchronized void note(String text) {
        clear();
        err.println("irscale: " + OneLine.of(text));
        err.flush();
    }

    /** Says that something may not be as the user thinks, on a line of its own. */
    public void warn(String text) {
        note("warning: " + text);
    }

    /** Says something, unless it was said before in this way. */
    synchronized void noteOnce(String text) {
        if (said.add(text)) {
            note(text);
        }
    }

    /** Makes room for a line; the bar comes back below it. */
    public synchronized void clear() {
        if (bar != null) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    private synchronized ProgressBar bar() {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("irscale")
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setInitialMax(total == 0 ? -1 : total)
                    .setUpdateIntervalMillis(200)
                    .startsFrom(before + skipped, Duration.ofNanos(System.nanoTime() - start))
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
        }
        return bar;
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
