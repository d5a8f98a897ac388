package io.irscale.cli;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C. The work asks at every step whether to go on; the process waits for it to end, so that no file is half-written
 * and no native call is cut off.
 */
public final class Interruption implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Interruption() {}

    /** One that nothing triggers but {@link #ask}. */
    static Interruption never() {
        return new Interruption();
    }

    /** One that SIGINT and SIGTERM trigger. */
    static Interruption onSignal() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "irscale-interruption"));
        return interruption;
    }

    /** Wants the work to end. */
    void ask() {
        asked.set(true);
    }

    /** Whether the work shall end. */
    public boolean isAsked() {
        return asked.get();
    }

    /**
     * Asks whether to go on with drawing.
     *
     * @throws CancellationException if the work shall end; finished images are kept
     */
    public void check() {
        check("finished images are kept, and the same command goes on");
    }

    /**
     * Asks whether to go on.
     *
     * @param left what the work leaves behind
     * @throws CancellationException if the work shall end
     */
    public void check(String left) {
        if (asked.get()) {
            throw new CancellationException("interrupted; " + left);
        }
    }

    /** The work has ended. */
    @Override
    public void close() {
        ended.countDown();
    }

    // An ordinary exit comes here too, after close(), and does not wait.
    private void stop() {
        ask();
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("irscale: interrupted in the middle of a step");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
