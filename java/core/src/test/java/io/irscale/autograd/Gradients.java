package io.irscale.autograd;

import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads what a backward has left in trainable weights. */
final class Gradients {
    // Leaves the weights, and the gradient in the mean.
    private static final AdamW.Settings LOOK = new AdamW.Settings(0, 0, 0, 1, 0, Double.MAX_VALUE, 0);

    private Gradients() {}

    /** The gradients by the weights' names; zeros where {@code backward}, which is recorded, does not reach. */
    static Map<String, float[]> of(Parameters parameters, Runnable backward) {
        try (AdamW optimizer = new AdamW(parameters, false)) {
            try (Recording _ = Recording.start()) {
                backward.run();
            }
            optimizer.gather(1);
            optimizer.step(LOOK);
            Map<String, float[]> gradients = new LinkedHashMap<>();
            for (String name : parameters.names()) {
                try (Tensor mean = optimizer.state(name, AdamW.State.MEAN)) {
                    gradients.put(name, mean.floats());
                }
            }
            return gradients;
        }
    }
}
