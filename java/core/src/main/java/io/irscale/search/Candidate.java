package io.irscale.search;

import org.jspecify.annotations.Nullable;

/**
 * One image in the making. A search hands candidates out; between its moves they stand at a step of the schedule. Its
 * latent lives on the device, and so does the velocity there once it was computed: forks share both.
 */
public final class Candidate {
    /** The parent of candidates that start from noise. */
    public static final int ROOT = -1;

    private final int id;
    private final int parent;
    private final long seed;
    private final int born;

    // Written by the device thread while the search waits for it, by the search's thread otherwise.
    int step;
    int draws;
    int forwards;
    boolean dropped;
    long denoiseNanos;
    long decodeNanos;
    long verifyNanos;

    // Device thread only.
    @Nullable
    Latent x;

    @Nullable
    Latent velocity;

    // The velocity of an earlier step, where it remembers something for the next one.
    @Nullable
    Latent last;

    // The search's own book-keeping of whether there is a velocity: it pays for those that are missing.
    boolean evaluated;

    Candidate(int id, int parent, long seed, int born) {
        this.id = id;
        this.parent = parent;
        this.seed = seed;
        this.born = born;
        this.step = born;
    }

    /** Unique within its search, in the order of birth from 0 on. */
    public int id() {
        return id;
    }

    /** The id of the candidate it came from, {@link #ROOT} for none. */
    public int parent() {
        return parent;
    }

    /** The seed of the noise that its line started from. */
    public long seed() {
        return seed;
    }

    /** The step at which it came into being. */
    public int born() {
        return born;
    }

    /** Steps done: 0 is noise, {@link Search#steps} an image. */
    public int step() {
        return step;
    }

    /** Transformer forwards on the way from noise to here, those of its forebears included. */
    public int forwards() {
        return forwards;
    }

    @Override
    public String toString() {
        return "candidate %d at step %d".formatted(id, step);
    }
}
