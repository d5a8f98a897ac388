package io.irscale;

import io.irscale.search.SearchResult;
import io.irscale.search.SearchRun;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Many searches, {@value #AT_ONCE} at a time so that neighbours share the device's batches; results come in order. */
public final class SearchSeries {
    private static final int AT_ONCE = 8;

    private SearchSeries() {}

    /**
     * Takes what a search has found.
     *
     * @param <L> who followed it
     */
    public interface Taker<L> {
        /** The {@code index}-th search has ended; {@code listener} followed it alone. */
        void take(int index, L listener, SearchResult found);
    }

    private record Running<L>(int index, L listener, SearchRun run) {}

    /**
     * Runs {@code count} searches. Whatever is thrown here, or by a search, ends the series; searches that run then end
     * with the engine.
     *
     * @param requests the i-th one's
     * @param listeners a new one for each
     * @param taker on the caller's thread
     */
    public static <L extends GenerationListener> void run(
            Engine engine, int count, IntFunction<SearchRequest> requests, Supplier<L> listeners, Taker<L> taker) {
        Deque<Running<L>> running = new ArrayDeque<>();
        for (int next = 0; next < count || !running.isEmpty(); ) {
            if (next < count && running.size() < AT_ONCE) {
                L listener = listeners.get();
                running.add(new Running<>(next, listener, engine.start(requests.apply(next), listener)));
                next++;
            } else {
                Running<L> first = running.remove();
                taker.take(first.index(), first.listener(), first.run().await());
            }
        }
    }
}
