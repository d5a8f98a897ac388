package io.irscale.search;

import io.irscale.tensor.Tensor;

/** Follows a strategy as it goes, on the device thread. What it throws ends the run. */
public interface RunListener {
    /** A batch went one step on; it cost {@code forwards} transformer forwards. */
    void stepped(long forwards);

    /** A candidate is finished; {@code image} is (1, 3, H, W) in [0, 1] and borrowed. */
    void finished(Scored scored, Tensor image);

    /** The device ran out of memory; the run goes on with {@code rows} candidates at a time. */
    void smallerBatch(int rows);
}
