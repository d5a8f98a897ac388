package io.irscale.cli;

import io.irscale.GenerateRequest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
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
final class ProgressView implements AutoCloseable {
    private static final long SOON_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final long total;
    private long before;
    private long start;
    private long lastLine;
    private @Nullable ProgressBar bar;

    /** {@code terminal}: whether {@code err} is one. */
    ProgressView(PrintWriter err, List<GenerateRequest> requests, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
        this.total = requests.stream().mapToLong(GenerateRequest::forwards).sum();
    }

    /** Runs {@code work}, and says {@code what} it is if it takes a while. */
    <T> T loading(String what, Supplier<T> work) {
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
            start = System.nanoTime();
            lastLine = start;
        }
    }

    /** {@code done} transformer forwards of the prompt at hand are behind. */
    void forwards(long done) {
        long now = System.nanoTime();
        if (terminal && now - start > SOON_NANOS) {
            bar().stepTo(before + done);
        } else if (!terminal && now - lastLine > LINE_NANOS && before + done < total) {
            lastLine = now;
            long all = before + done;
            long left = (now - start) * (total - all) / all;
            note("%d of %d transformer forwards (%d %%), %s left"
                    .formatted(all, total, 100 * all / total, Durations.text(left)));
        }
    }

    /** A prompt of {@code forwards} is finished. */
    void finished(long forwards) {
        before += forwards;
        if (before == total) {
            close();
        }
    }

    /** Says something, on a line of its own. */
    synchronized void note(String text) {
        clear();
        err.println("irscale: " + OneLine.of(text));
        err.flush();
    }

    /** Makes room for a line; the bar comes back below it. */
    synchronized void clear() {
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
                    .setInitialMax(total)
                    .setUpdateIntervalMillis(200)
                    .startsFrom(before, Duration.ofNanos(System.nanoTime() - start))
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
