package io.irscale.search;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores by candidate; higher is better, negative infinity where a verifier gave none. Ties go to the lower id. */
public final class Scores {
    private final Map<Candidate, Double> values;

    private Scores(Map<Candidate, Double> values) {
        this.values = values;
    }

    /** {@code values[i]} is the score of {@code candidates.get(i)}. */
    static Scores of(List<Candidate> candidates, double[] values) {
        Map<Candidate, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            map.put(candidates.get(i), Double.isNaN(values[i]) ? Double.NEGATIVE_INFINITY : values[i]);
        }
        return new Scores(map);
    }

    /** The score of one of the candidates that were scored. */
    public double of(Candidate candidate) {
        Double value = values.get(candidate);
        if (value == null) {
            throw new IllegalArgumentException(candidate + " was not scored in this call");
        }
        return value;
    }

    /** All of them, best first. */
    public List<Candidate> bestFirst() {
        return values.keySet().stream()
                .sorted(Comparator.comparingDouble((Candidate candidate) -> -of(candidate))
                        .thenComparingInt(Candidate::id))
                .toList();
    }

    /** The best one. */
    public Candidate best() {
        return bestFirst().getFirst();
    }
}
