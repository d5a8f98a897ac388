package io.irscale.search;

import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** A search that runs on a virtual thread of its own. */
public final class SearchRun {
    private final StepBatcher batcher;
    private final Lane lane;
    private final CompletableFuture<SearchResult> result = new CompletableFuture<>();

    private SearchRun(StepBatcher batcher, Lane lane) {
        this.batcher = batcher;
        this.lane = lane;
    }

    /**
     * Starts a search. Called on the device thread, so that an engine that closes meanwhile frees what it holds.
     *
     * @param conditioning the search's from here on; closed when it has ended
     * @param size candidates at a time; shrinks for good when the device runs out of memory
     * @param ledger where its costs are booked
     */
    public static SearchRun start(
            StepBatcher batcher, SearchSetup setup, Conditioning conditioning, BatchSize size, Ledger ledger) {
        Lane lane = new Lane(conditioning, ledger, size, setup.seed(), setup.listener());
        batcher.lanes().add(lane);
        SearchRun run = new SearchRun(batcher, lane);
        Thread.ofVirtual().name("irscale-" + setup.strategy().name()).start(() -> run.run(setup));
        return run;
    }

    /**
     * Waits for the end.
     *
     * @throws CancellationException if it was cancelled
     * @throws InvalidInputException if the settings do not fit, before any compute, or the budget ended it before its first
     *     image was finished
     */
    public SearchResult await() {
        return Waiting.on(result);
    }

    /** Ends it at its next step; everything it held is freed by then. Does not wait; may be called by any thread. */
    public void cancel() {
        batcher.lanes().end(lane, new CancellationException("the search was cancelled"));
    }

    private void run(SearchSetup setup) {
        try {
            SearchResult found = search(setup);
            batcher.leave(lane);
            result.complete(found);
        } catch (RuntimeException | Error e) {
            batcher.leave(lane);
            result.completeExceptionally(e);
        }
    }

    private SearchResult search(SearchSetup setup) {
        new Prospect(setup.budget(), lane.conditioning.schedule(), lane.conditioning::forwards)
                .check(setup.strategy(), !setup.panel().isEmpty());
        RunningSearch search = new RunningSearch(batcher, lane, setup);
        batcher.lanes().start(lane);
        Stop stop;
        try {
            setup.strategy().run(search);
            stop = search.stopped();
        } catch (BudgetSpentException e) {
            stop = e.stop();
        }
        List<Scored> ranked = search.finals().ranked();
        if (ranked.isEmpty()) {
            throw new InvalidInputException("%s before the first image was finished, after %d forwards"
                    .formatted(stop.words(), lane.ledger.counts().forwards()));
        }
        return new SearchResult(
                ranked, setup.panel().names(), lane.ledger.counts(), lane.ledger.times(), stop, search.lineage());
    }
}
