package io.irscale.search;

import java.util.List;

/**
 * The outcome of a search.
 *
 * @param ranked every finished candidate, best first; at least one
 * @param verifiers the names of the parts of each score
 * @param cost exact counts
 * @param times where the time went
 * @param stop why it ended
 * @param lineage everything it did
 */
public record SearchResult(
        List<Scored> ranked,
        List<String> verifiers,
        Ledger.Counts cost,
        Ledger.Times times,
        Stop stop,
        Lineage lineage) {
    /** The best one. */
    public Scored winner() {
        return ranked.getFirst();
    }
}
