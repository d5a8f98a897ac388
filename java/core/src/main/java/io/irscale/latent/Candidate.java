package io.irscale.latent;

import io.irscale.error.InvalidInputException;

/**
 * One image in the making.
 *
 * @param id unique within its search
 * @param parent the candidate it was forked from, {@link #ROOT} for none
 * @param seed of its starting noise
 * @param step steps done
 */
public record Candidate(int id, int parent, long seed, int step) {
    /** The parent of candidates that start from noise. */
    public static final int ROOT = -1;

    /** @throws InvalidInputException if {@code id} or {@code step} is negative */
    public Candidate {
        if (id < 0 || step < 0) {
            throw new InvalidInputException("candidate %d at step %d, expected 0 or more".formatted(id, step));
        }
    }

    /** A candidate that starts from its seed's noise. */
    public static Candidate root(int id, long seed) {
        return new Candidate(id, ROOT, seed, 0);
    }

    /** A copy that goes its own way. */
    public Candidate fork(int childId) {
        return new Candidate(childId, id, seed, step);
    }

    /** This candidate one step on. */
    public Candidate next() {
        return new Candidate(id, parent, seed, step + 1);
    }
}
