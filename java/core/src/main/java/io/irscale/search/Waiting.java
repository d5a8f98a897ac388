package io.irscale.search;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waiting for the device. */
final class Waiting {
    private Waiting() {}

    /** Waits, and throws what it failed with as it was thrown there. */
    static <T> T on(CompletableFuture<T> future) {
        try {
            return future.join(); // not interruptible: the device owns the memory until it has answered
        } catch (CancellationException e) {
            // Wrapped in another one, which says "join".
            throw e.getCause() instanceof CancellationException thrown ? thrown : e;
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }
}
