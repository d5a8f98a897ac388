package io.irscale.search;

import io.irscale.verify.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The finished candidates of a search and what they are worth. */
final class Finals {
    private final Objective objective;
    private final boolean scored;
    private final Map<Candidate, Scored> all = new LinkedHashMap<>();

    /** {@code scored}: whether there is a verifier at all. */
    Finals(Objective objective, boolean scored) {
        this.objective = objective;
        this.scored = scored;
    }

    boolean has(Candidate candidate) {
        return all.containsKey(candidate);
    }

    /** Takes in finished candidates with the parts of their scores. */
    void add(List<Candidate> candidates, List<float[]> parts) {
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            all.put(
                    candidate,
                    new Scored(
                            candidate,
                            OptionalDouble.empty(),
                            parts.get(i),
                            candidate.forwards,
                            Duration.ofNanos(candidate.denoiseNanos),
                            Duration.ofNanos(candidate.decodeNanos),
                            Duration.ofNanos(candidate.verifyNanos)));
        }
        if (scored) {
            // Ranks change with everyone who joins; other scores do not.
            value(objective.relative() ? List.copyOf(all.keySet()) : candidates);
        }
    }

    private void value(List<Candidate> candidates) {
        double[] values = objective.values(
                candidates.stream().map(candidate -> get(candidate).parts()).toList());
        for (int i = 0; i < values.length; i++) {
            Candidate candidate = candidates.get(i);
            all.put(candidate, get(candidate).withScore(values[i]));
        }
    }

    Scored get(Candidate candidate) {
        Scored found = all.get(candidate);
        if (found == null) {
            throw new IllegalArgumentException(candidate + " was not scored");
        }
        return found;
    }

    /** What each is worth now, 0 without a verifier. */
    double value(Candidate candidate) {
        return get(candidate).score().orElse(0);
    }

    Map<Candidate, Scored> all() {
        return all;
    }

    List<Scored> ranked() {
        List<Scored> ranked = new ArrayList<>(all.values());
        ranked.sort(Scored.BEST_FIRST);
        return ranked;
    }
}
