package io.irscale.search;

import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalDouble;

/**
 * A finished candidate.
 *
 * @param candidate who
 * @param score what the search optimises, empty without a verifier
 * @param parts the score by every verifier of the panel, held-out ones included
 * @param forwards transformer forwards on its way from noise
 * @param denoise its share of the batches' denoising time
 * @param decode its share of the decoding time
 * @param verify its share of the scoring time
 */
@SuppressWarnings("ArrayRecordComponent") // a handful of numbers, compared by nobody
public record Scored(
        Candidate candidate,
        OptionalDouble score,
        float[] parts,
        int forwards,
        Duration denoise,
        Duration decode,
        Duration verify) {
    /** Best score first, then in order of id; a NaN score comes last. */
    public static final Comparator<Scored> BEST_FIRST = Comparator.comparingDouble(
                    (Scored scored) -> -rank(scored.score()))
            .thenComparingInt(scored -> scored.candidate().id());

    private static double rank(OptionalDouble score) {
        double value = score.orElse(0);
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
    }

    Scored withScore(double value) {
        return new Scored(candidate, OptionalDouble.of(value), parts, forwards, denoise, decode, verify);
    }
}
