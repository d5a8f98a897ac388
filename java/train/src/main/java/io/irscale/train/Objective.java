package io.irscale.train;

import io.irscale.tensor.Parameters;
import java.nio.file.Path;
import java.util.Map;

/** What a {@link TrainingRun} trains: models over trainable weights, and a loss over batches that it draws itself. */
public interface Objective extends AutoCloseable {
    /** The weights by the name of their model, in a fixed order. */
    Map<String, Parameters> parameters();

    /**
     * One forward and backward. The batch depends on {@code step} and {@code part} alone, so that a run can go on where
     * it was cut.
     *
     * @param part which forward of the step, from 0
     * @param share what the gradient is multiplied with
     * @return the mean of the loss, and whatever else is worth a curve
     */
    Map<String, Double> backward(long step, int part, float share);

    /** The losses on held-out data, the same batches each time. The weights are the averaged ones where there are such. */
    Map<String, Double> validate();

    /** Draws what there is to look at, into {@code folder}, by the same weights. */
    void picture(Path folder, long step);

    /** Saves the model that the weights make, in its published layout. */
    void save(Path folder);

    @Override
    void close();
}
