package io.irscale.search;

import io.irscale.decode.Vae;
import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Row;
import io.irscale.latent.Candidate;
import io.irscale.latent.CandidateBatch;
import io.irscale.tensor.Tensor;
import io.irscale.verify.Verifier;
import java.util.List;
import java.util.Optional;

/** The moves that a strategy is made of, each counted in the ledger. Runs on the device thread. */
public final class Sampler {
    private final FluxTransformer transformer;
    private final Vae vae;
    private final Optional<Verifier> verifier;
    private final Ledger ledger;

    /** Borrows all its parts. */
    public Sampler(FluxTransformer transformer, Vae vae, Optional<Verifier> verifier, Ledger ledger) {
        this.transformer = transformer;
        this.vae = vae;
        this.verifier = verifier;
        this.ledger = ledger;
    }

    /** Takes every candidate one Euler step further, in one batch. Candidates may stand at different steps. */
    public void step(CandidateBatch batch, Conditioning conditioning) {
        FlowSchedule schedule = conditioning.schedule();
        List<Candidate> candidates = batch.candidates();
        List<Row> rows = candidates.stream()
                .map(candidate -> conditioning.row(candidate.step()))
                .toList();
        float[] dsigma = new float[rows.size()];
        for (int i = 0; i < dsigma.length; i++) {
            int step = candidates.get(i).step();
            dsigma[i] = schedule.sigma(step + 1) - schedule.sigma(step);
        }
        try (Tensor velocity = transformer.velocity(batch.latents(), rows, null)) {
            Euler.step(batch.latents(), velocity, dsigma);
        }
        batch.advance();
        ledger.forwarded(rows.size() * conditioning.forwardsPerStep());
    }

    /** Images (N, 3, H, W) in [0, 1] of fully denoised candidates; the caller's to close. */
    public Tensor decode(CandidateBatch batch) {
        try (Tensor latents = batch.unpacked();
                Tensor decoded = vae.decode(latents)) {
            ledger.decoded(batch.candidates().size());
            return Vae.finish(decoded);
        }
    }

    /** The verifier's score of each image, empty without a verifier. */
    public Optional<float[]> score(Tensor images, String prompt) {
        return verifier.map(judge -> {
            ledger.verified(Math.toIntExact(images.size(0)));
            return judge.score(images, prompt);
        });
    }
}
