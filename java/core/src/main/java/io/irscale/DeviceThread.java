package io.irscale;

import io.irscale.error.ClosedException;
import io.irscale.error.InternalException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The one platform thread that makes an engine's native calls: libtorch keeps its grad mode and its last error per
 * thread, and native objects belong to the thread that made them.
 */
final class DeviceThread implements Executor {
    private final ExecutorService executor;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Thread thread;

    DeviceThread(String name) {
        executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        call(() -> thread = Thread.currentThread());
    }

    /** Runs {@code work} there and waits. What it throws comes out here. */
    <T> T call(Callable<T> work) {
        if (Thread.currentThread() == thread) { // asked before the work is queued, where it would run later
            throw new WrongThreadException(
                    "the engine was called from its own device thread, which would wait for itself");
        }
        checkOpen();
        try {
            return await(executor.submit(() -> {
                checkOpen(); // closed while it waited its turn
                return work.call();
            }));
        } catch (RejectedExecutionException e) {
            throw new ClosedException("the engine was closed", e);
        }
    }

    /** Queues {@code work}, which sees to its own failures. */
    @Override
    public void execute(Runnable work) {
        executor.execute(work);
    }

    /** Throws when the engine is closed or closing. */
    void checkOpen() {
        if (closed.get()) {
            throw new ClosedException("the engine was closed");
        }
    }

    /** Lets running work end, then runs {@code free} and ends the thread. */
    void close(Runnable free) {
        if (Thread.currentThread() == thread) {
            throw new WrongThreadException("an engine cannot be closed from its own device thread");
        }
        if (closed.getAndSet(true)) {
            throw new ClosedException("the engine was closed before");
        }
        Future<?> freed = executor.submit(free);
        executor.shutdown();
        await(freed);
    }

    private static <T> T await(Future<T> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true; // native work cannot be interrupted: wait, then tell the caller
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error error -> throw error;
                case null, default -> throw new InternalException("work on the device thread failed: " + e, e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
