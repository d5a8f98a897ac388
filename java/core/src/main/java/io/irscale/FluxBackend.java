package io.irscale;

import io.irscale.latent.LatentShape;
import io.irscale.latent.NeighbourNoise;
import io.irscale.latent.Noise;
import io.irscale.search.Backend;
import io.irscale.search.Conditioning;
import io.irscale.search.Latent;
import io.irscale.tensor.DType;
import io.irscale.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** The search's arithmetic on FLUX: latents are rows of packed tensors on the engine's device, in its dtype. */
final class FluxBackend implements Backend {
    private final Pipeline pipeline;
    private final FluxVelocities velocities;
    private final FluxMoves moves;
    private final FluxJudge judge;

    FluxBackend(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.velocities = new FluxVelocities(pipeline);
        this.moves = new FluxMoves(pipeline.options());
        this.judge = new FluxJudge(pipeline.vae(), pipeline.panel());
    }

    static FluxConditioning of(Conditioning conditioning) {
        return (FluxConditioning) conditioning;
    }

    @Override
    public List<Latent> noise(Conditioning conditioning, long[] seeds) {
        EngineOptions options = pipeline.options();
        try (Tensor packed = Noise.packed(seeds, of(conditioning).shape(), options.device(), options.dtype())) {
            return FluxLatent.split(packed);
        }
    }

    // On the host in float64, as the reference does; a millisecond or two a candidate.
    @Override
    public Latent neighbour(Conditioning conditioning, Latent noise, double cosine, long seed) {
        EngineOptions options = pipeline.options();
        LatentShape shape = of(conditioning).shape();
        try (Tensor fresh = Noise.packed(new long[] {seed}, shape, options.device(), DType.F32)) {
            double[] near = NeighbourNoise.at(doubles(FluxLatent.of(noise)), doubles(fresh), cosine);
            float[] values = new float[near.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) near[i];
            }
            try (Tensor host = Tensor.of(values, fresh.shape())) {
                return new FluxLatent(host.to(options.device(), options.dtype()));
            }
        }
    }

    private static double[] doubles(Tensor tensor) {
        float[] values = tensor.floats();
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    @Override
    public List<Latent> velocities(List<At> rows) {
        return velocities.apply(rows);
    }

    @Override
    public List<Latent> move(List<Move> rows) {
        return moves.apply(rows);
    }

    @Override
    public Judgement judge(List<Clean> rows) {
        return judge.apply(rows);
    }
}
