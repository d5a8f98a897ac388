package io.irscale.strategy;

import io.irscale.search.Candidate;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The best of the candidates that were offered; the first of equals. */
final class Best {
    private @Nullable Candidate candidate;
    private double score = Double.NEGATIVE_INFINITY;

    /** Takes the candidate if it is better than the one before. Returns which of the two is left over, if any. */
    Optional<Candidate> offer(Candidate offered, double value) {
        if (candidate != null && value <= score) {
            return Optional.of(offered);
        }
        Optional<Candidate> before = Optional.ofNullable(candidate);
        candidate = offered;
        score = value;
        return before;
    }

    boolean isEmpty() {
        return candidate == null;
    }

    /** The best one; there must have been one. */
    Candidate candidate() {
        return Objects.requireNonNull(candidate);
    }

    double score() {
        return score;
    }
}
