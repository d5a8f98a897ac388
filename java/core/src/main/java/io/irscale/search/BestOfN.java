package io.irscale.search;

import io.irscale.error.DeviceMemoryException;
import io.irscale.latent.Candidate;
import io.irscale.latent.CandidateBatch;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Random search: N seeds denoised to the end, decoded, scored and ranked (arXiv 2501.09732, section 3). Costs N x steps
 * transformer forwards, twice that with a negative prompt, and N verifier calls.
 */
public final class BestOfN {
    private final Sampler sampler;
    private final LatentShape shape;
    private final Device device;
    private final DType dtype;

    /** Latents live on {@code device} in {@code dtype}. */
    public BestOfN(Sampler sampler, LatentShape shape, Device device, DType dtype) {
        this.sampler = sampler;
        this.shape = shape;
        this.device = device;
        this.dtype = dtype;
    }

    /**
     * Runs the search.
     *
     * @param candidates where to start from; ids in ascending order
     * @param size rows at a time; shrinks for good when the device runs out of memory
     * @param listener takes every candidate's image; may throw to cancel
     * @return the candidates, best first
     * @throws DeviceMemoryException if not even one candidate fits
     */
    public List<Scored> run(
            List<Candidate> candidates, Conditioning conditioning, BatchSize size, RunListener listener) {
        List<Scored> done = new ArrayList<>();
        while (done.size() < candidates.size()) {
            int end = Math.min(candidates.size(), done.size() + size.rows());
            List<Candidate> chunk = candidates.subList(done.size(), end);
            try {
                done.addAll(runChunk(chunk, conditioning, listener));
            } catch (DeviceMemoryException e) {
                if (!size.halve()) {
                    throw e;
                }
                listener.smallerBatch(size.rows());
            }
        }
        done.sort(Scored.BEST_FIRST);
        return done;
    }

    private List<Scored> runChunk(List<Candidate> chunk, Conditioning conditioning, RunListener listener) {
        int n = chunk.size();
        try (CandidateBatch batch = CandidateBatch.noise(chunk, shape, device, dtype)) {
            long start = System.nanoTime();
            for (int step = 0; step < conditioning.schedule().steps(); step++) {
                sampler.step(batch, conditioning);
                listener.stepped((long) n * conditioning.forwardsPerStep());
            }
            long denoised = System.nanoTime();
            try (Tensor decoded = sampler.decode(batch)) {
                long imaged = System.nanoTime();
                float[] scores = sampler.score(decoded, conditioning.prompt()).orElse(null);
                long scored = System.nanoTime();
                List<Scored> out = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    out.add(new Scored(
                            batch.candidates().get(i),
                            scores == null ? OptionalDouble.empty() : OptionalDouble.of(scores[i]),
                            conditioning.schedule().steps() * conditioning.forwardsPerStep(),
                            Duration.ofNanos((denoised - start) / n),
                            Duration.ofNanos((imaged - denoised) / n),
                            Duration.ofNanos((scored - imaged) / n)));
                    try (Tensor image = decoded.slice(i, 1)) {
                        listener.finished(out.get(i), image);
                    }
                }
                return out;
            }
        }
    }
}
