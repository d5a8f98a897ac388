package io.irscale.train;

import io.irscale.tensor.Tensor;
import java.util.List;

/** Which rows of a contrastive batch belong together: equal captions are each other's as much as their own. */
final class CaptionTargets {
    private CaptionTargets() {}

    /** Probabilities (N, M) of captions {@code a} over captions {@code b}: even over the equal ones. */
    static Tensor of(List<String> a, List<String> b) {
        float[] target = new float[a.size() * b.size()];
        for (int i = 0; i < a.size(); i++) {
            int equal = 0;
            for (String other : b) {
                equal += a.get(i).equals(other) ? 1 : 0;
            }
            for (int j = 0; j < b.size(); j++) {
                if (a.get(i).equals(b.get(j))) {
                    target[i * b.size() + j] = 1f / equal;
                }
            }
        }
        return Tensor.of(target, a.size(), b.size());
    }
}
