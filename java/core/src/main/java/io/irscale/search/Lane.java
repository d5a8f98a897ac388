package io.irscale.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One search's place in the batcher: what it waits for, and what it holds on the device. */
final class Lane {
    final Conditioning conditioning;
    final Ledger ledger;
    final BatchSize size;
    final long seed;
    final SearchListener listener;

    // Search thread: cheap device work, done in order ahead of the next request.
    private List<Runnable> deferred = new ArrayList<>();

    // Under the batcher's lock.
    @Nullable
    Request request;

    @Nullable
    RuntimeException ending;

    List<Runnable> ahead = List.of();
    long thinkingSince = System.nanoTime();
    long deadline = Long.MAX_VALUE;

    // Completed once nothing of it is on the device any more.
    final CompletableFuture<Void> freed = new CompletableFuture<>();

    // Device thread.
    final Set<Candidate> alive = new LinkedHashSet<>();

    // Written by the search thread.
    volatile double best = Double.NaN;

    Lane(Conditioning conditioning, Ledger ledger, BatchSize size, long seed, SearchListener listener) {
        this.conditioning = conditioning;
        this.ledger = ledger;
        this.size = size;
        this.seed = seed;
        this.listener = listener;
    }

    /** Work for the device thread ahead of the next request. */
    void defer(Runnable work) {
        deferred.add(work);
    }

    /** All that was deferred; what comes later is collected anew. */
    List<Runnable> takeDeferred() {
        List<Runnable> taken = deferred;
        deferred = new ArrayList<>();
        return taken;
    }

    /** Takes over a new candidate's latent. Device thread. */
    void hold(Candidate candidate, Latent x) {
        candidate.x = x;
        alive.add(candidate);
    }

    /** Frees one candidate's latents. Device thread. */
    void free(Candidate candidate) {
        alive.remove(candidate);
        release(candidate);
    }

    /** Frees everything. Device thread. */
    void freeAll() {
        alive.forEach(Lane::release);
        alive.clear();
        conditioning.close();
        freed.complete(null);
    }

    /** Replaces a candidate's latent; a velocity belonged to the one before. Device thread. */
    static void moveTo(Candidate candidate, Latent x) {
        Latent remembered = candidate.last;
        candidate.last = null;
        if (candidate.velocity != null && candidate.velocity.remembers()) {
            if (remembered != null) {
                remembered.close();
            }
            remembered = candidate.velocity;
            candidate.velocity = null;
        }
        release(candidate);
        candidate.x = x;
        candidate.last = remembered;
    }

    private static void release(Candidate candidate) {
        if (candidate.x != null) {
            candidate.x.close();
            candidate.x = null;
        }
        if (candidate.velocity != null) {
            candidate.velocity.close();
            candidate.velocity = null;
        }
        if (candidate.last != null) {
            candidate.last.close();
            candidate.last = null;
        }
    }
}
