package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The best few of many candidates that are looked at a chunk at a time. The others are dropped as soon as they are out,
 * so that no more than a shortlist and a chunk are alive, and yet everybody is compared with everybody.
 */
final class Shortlist {
    private final Search search;
    private final int size;
    private final Map<Candidate, Double> scores = new HashMap<>();

    Shortlist(Search search, int size) {
        this.search = search;
        this.size = size;
    }

    /** Takes in a chunk. */
    void add(Scores chunk) {
        chunk.bestFirst().forEach(candidate -> scores.put(candidate, chunk.of(candidate)));
        List<Candidate> ranked = bestFirst();
        List<Candidate> out = ranked.subList(Math.min(size, ranked.size()), ranked.size());
        scores.keySet().removeAll(out);
        search.drop(out);
    }

    /** Who is on it; ties go to the lower id. */
    List<Candidate> bestFirst() {
        List<Candidate> ranked = new ArrayList<>(scores.keySet());
        ranked.sort(Comparator.comparingDouble((Candidate candidate) -> -scores.getOrDefault(candidate, 0.0))
                .thenComparingInt(Candidate::id));
        return ranked;
    }
}
