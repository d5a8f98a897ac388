package io.irscale.verify;

import java.util.List;

/** Makes one value, the one that a search raises, of the scores that a {@link Panel} gives a candidate. */
public interface Objective {
    /**
     * The value of each candidate of a pool; higher is better. Scores of held-out verifiers do not count.
     *
     * @param pool a candidate's scores each, one a verifier, in the order of {@link Panel#names}
     * @return a value each, in the order of the pool: finite, or negative infinity where a score that counts is not
     *     finite
     */
    double[] values(List<float[]> pool);

    /** Whether a candidate's value hangs on who else is in the pool. */
    boolean relative();

    /** How the value is made, for reports, such as {@code 0.7 clip + 0.3 ir}. */
    String describe();
}
