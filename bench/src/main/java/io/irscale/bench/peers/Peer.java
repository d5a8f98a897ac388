package io.irscale.bench.peers;

import java.util.List;

/** Who does the work. */
interface Peer extends AutoCloseable {
    /**
     * What came of it.
     *
     * @param seconds of the work alone, models loaded
     * @param values velocities or scores
     */
    record Outcome(double seconds, List<Float> values) {}

    String name();

    /** Whether it can do this. */
    boolean does(Work work);

    Outcome run(Work work);

    @Override
    void close();
}
