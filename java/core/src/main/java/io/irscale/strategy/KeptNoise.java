package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Search;
import io.irscale.solver.EulerOde;
import java.util.ArrayList;
import java.util.List;

/**
 * Noise that stays as it is, and the image that the deterministic flow makes of it. The image is scored and its latent
 * dropped; its score can be asked for again at no cost.
 */
record KeptNoise(Candidate noise, Candidate image) {
    /** Makes and scores the images of noises. */
    static List<KeptNoise> of(Search search, List<Candidate> noises) {
        List<KeptNoise> kept = new ArrayList<>();
        for (Candidate noise : noises) {
            kept.add(new KeptNoise(noise, search.fork(noise, 1).getFirst()));
        }
        List<Candidate> images = images(kept);
        search.denoise(images, search.steps(), EulerOde.ODE);
        search.score(images);
        search.drop(images);
        return kept;
    }

    static List<Candidate> noises(List<KeptNoise> kept) {
        return kept.stream().map(KeptNoise::noise).toList();
    }

    static List<Candidate> images(List<KeptNoise> kept) {
        return kept.stream().map(KeptNoise::image).toList();
    }
}
