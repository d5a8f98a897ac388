package io.irscale.search;

import io.irscale.latent.Candidate;
import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalDouble;

/**
 * A finished candidate.
 *
 * @param candidate who
 * @param score the verifier's, empty without one
 * @param forwards transformer forwards it took
 * @param denoise its share of the batch's denoising time
 * @param decode its share of the decoding time
 * @param verify its share of the scoring time
 */
public record Scored(
        Candidate candidate, OptionalDouble score, int forwards, Duration denoise, Duration decode, Duration verify) {
    /** Best score first, then in order of id; a NaN score comes last. */
    public static final Comparator<Scored> BEST_FIRST = Comparator.comparingDouble(
                    (Scored scored) -> -rank(scored.score()))
            .thenComparingInt(scored -> scored.candidate().id());

    private static double rank(OptionalDouble score) {
        double value = score.orElse(0);
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
    }
}
