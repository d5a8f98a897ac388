package io.irscale.classify;

import io.irscale.tensor.Tensor;

/**
 * A linear layer from features to the classes of a label.
 *
 * @param label what it says
 * @param weight (classes, d), row-major
 * @param bias (classes)
 */
@SuppressWarnings("ArrayRecordComponent") // its weights, compared by nobody
public record Head(Label label, float[] weight, float[] bias) {
    /** The likeliest class of every row of features (N, d). */
    public int[] classes(Tensor features) {
        float[] values = features.floats();
        int[] classes = new int[Math.toIntExact(features.size(0))];
        for (int row = 0; row < classes.length; row++) {
            classes[row] = likeliest(values, row);
        }
        return classes;
    }

    private int likeliest(float[] features, int row) {
        int width = weight.length / bias.length;
        int best = 0;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < bias.length; i++) {
            float logit = bias[i];
            for (int j = 0; j < width; j++) {
                logit += weight[i * width + j] * features[row * width + j];
            }
            if (logit > most) {
                most = logit;
                best = i;
            }
        }
        return best;
    }
}
