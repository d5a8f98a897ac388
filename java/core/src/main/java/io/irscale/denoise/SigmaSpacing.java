package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.hipparchus.distribution.continuous.BetaDistribution;

/**
 * How a schedule's levels lie between its first and its last one (diffusers
 * {@code scheduling_flow_match_euler_discrete.py}, {@code _convert_to_karras}, {@code _convert_to_exponential},
 * {@code _convert_to_beta}).
 *
 * @param kind the rule
 * @param min {@code sigma_min}, the last level instead of the shifted schedule's; not used by {@link Kind#SHIFTED}
 * @param max {@code sigma_max}, the first one
 */
public record SigmaSpacing(Kind kind, OptionalDouble min, OptionalDouble max) {
    private static final double RHO = 7; // of arXiv 2206.00364

    // arXiv 2407.12173
    private static final BetaDistribution BETA = new BetaDistribution(0.6, 0.6);

    /** The rules. */
    public enum Kind {
        /** As the shift leaves them. */
        SHIFTED(""),
        /** Evenly in sigma^(1/7) (arXiv 2206.00364). */
        KARRAS("use_karras_sigmas"),
        /** Evenly in log sigma. */
        EXPONENTIAL("use_exponential_sigmas"),
        /** By the quantiles of the beta distribution with both parameters 0.6 (arXiv 2407.12173). */
        BETA("use_beta_sigmas");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        /** Its flag in {@code scheduler_config.json}. */
        String key() {
            return key;
        }

        /** Those with a flag. */
        static Stream<Kind> named() {
            return Arrays.stream(values()).filter(kind -> !kind.key.isEmpty());
        }
    }

    /**
     * As many levels, spaced anew; in float64, as the reference has them.
     *
     * @param shifted levels, the highest first; not 0
     * @throws InvalidInputException if the bounds are not 0 < min <= max <= 1
     */
    double[] apply(double[] shifted) {
        if (kind == Kind.SHIFTED) {
            return shifted;
        }
        int n = shifted.length;
        double low = min.orElse(shifted[n - 1]);
        double high = max.orElse(shifted[0]);
        if (!(low > 0 && low <= high && high <= 1)) {
            throw new InvalidInputException(
                    "%s spaces sigmas from %s to %s, expected sigma_min above 0 and sigma_max from there to 1"
                            .formatted(kind.key, high, low));
        }
        return switch (kind) {
            case SHIFTED -> shifted;
            case KARRAS -> karras(low, high, n);
            case EXPONENTIAL ->
                Arrays.stream(Linspace.of(Math.log(high), Math.log(low), n))
                        .map(Math::exp)
                        .toArray();
            case BETA ->
                Arrays.stream(Linspace.of(0, 1, n))
                        .map(ramp -> low + quantile(1 - ramp) * (high - low))
                        .toArray();
        };
    }

    private static double[] karras(double low, double high, int n) {
        double lowRoot = Math.pow(low, 1 / RHO);
        double highRoot = Math.pow(high, 1 / RHO);
        return Arrays.stream(Linspace.of(0, 1, n))
                .map(ramp -> Math.pow(highRoot + ramp * (lowRoot - highRoot), RHO))
                .toArray();
    }

    private static double quantile(double p) {
        double x = BETA.inverseCumulativeProbability(p);
        // The library stops at 1e-9; a Newton step takes that to float64's last digits, where the density is finite.
        return p == 0 || p == 1 ? x : x - (BETA.cumulativeProbability(x) - p) / BETA.density(x);
    }
}
