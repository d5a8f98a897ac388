package io.irscale.bench.peers;

import io.irscale.tensor.DType;
import java.nio.file.Path;

/** What all peers do. */
sealed interface Work {
    String name();

    DType dtype();

    /** Folder of the transformer or pipeline. */
    Path model();

    /** The largest relative L2 distance between two peers' values that is the same work. */
    double tolerance();

    /**
     * Forwards of a transformer at level 1, each with an Euler step, one after another as a sampler has them; the values
     * are the first velocity, the seconds those of one.
     *
     * @param model folder of the transformer
     * @param inputs file of img (batch, tokens, channels), txt (1, L, joint) and vec (1, pooled)
     */
    record Step(String name, Path model, Path inputs, DType dtype, int batch) implements Work {
        static final int REPEATS = 4;
        static final float DSIGMA = -1f / 28;

        @Override
        public double tolerance() {
            return dtype == DType.F32 ? 1e-4 : 4e-2;
        }
    }

    /**
     * The best of N by CLIP's score; the values are the scores by candidate.
     *
     * @param pruned whether irscale may drop candidates on the way: they score {@value #CUT}
     */
    record Search(
            String name,
            Path model,
            Path verifier,
            DType dtype,
            int candidates,
            int steps,
            int size,
            String prompt,
            boolean pruned)
            implements Work {
        static final String PROMPT = "an aerial infrared image at night with 3 cars";
        /** Below every cosine. */
        static final float CUT = -2;

        /** Pixels of the demo verifier's input. */
        static final int CLIP_EDGE = 64;

        static final int TOKENS = 32;
        static final float GUIDANCE = 3.5f;
        static final long SEED = 7;

        // A score is a cosine of an 8-bit image, of which one level more or less is what fp32 leaves. A larger image
        // than CLIP's input the peer resizes by PIL, which rounds to 8 bits between the two passes: 1e-3 of a cosine.
        @Override
        public double tolerance() {
            if (dtype != DType.F32) {
                return 0.25;
            }
            return size > CLIP_EDGE ? 2.5e-2 : 1e-2;
        }

        Search of(String other, boolean prune) {
            return new Search(name, model, verifier, dtype, candidates, steps, size, other, prune);
        }
    }
}
