package io.irscale.bench;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Rewards of candidates and of their previews, correlated as in the reward tensors that TTSnap published (arXiv
 * 2511.22242: FLUX.1-dev, 512 x 512, 20 steps, 200 prompts x 200 seeds; mean over prompts of the rank correlation between
 * seeds). A Gaussian copula: among the candidates of a prompt final rewards are standard normal, and the preview after k
 * evaluations has correlation rho_k = 2 sin(pi s_k / 6) with them, s_k being Spearman's; between published evaluations
 * rho is interpolated.
 *
 * <p>How successive previews correlate was not published. Here they are a Markov chain, z_k = W(rho_k^2) / rho_k with W a
 * Brownian motion, so that z_j and z_k correlate by rho_j / rho_k: a later preview shows all that an earlier one did.
 *
 * @param name of the verifier
 * @param spearman rank correlation with the final reward by evaluations, above 0
 */
public record SimulatedRewards(String name, TreeMap<Integer, Double> spearman) {
    /** Evaluations of a finished candidate. */
    public static final int STEPS = 20;

    /** A verifier of clean images. */
    public static final SimulatedRewards IMAGE_REWARD =
            of("ImageReward, raw", Map.of(3, 0.14, 5, 0.37, 6, 0.51, 8, 0.68, 11, 0.84, 15, 0.94));

    /** Another one. */
    public static final SimulatedRewards HPS =
            of("HPS, raw", Map.of(3, 0.18, 5, 0.33, 6, 0.40, 8, 0.53, 11, 0.68, 15, 0.80));

    /** The same, tuned on previews. */
    public static final SimulatedRewards HPS_NOISE_AWARE =
            of("HPS, noise-aware", Map.of(3, 0.30, 5, 0.62, 6, 0.71, 8, 0.77, 11, 0.82, 15, 0.90));

    /** Rewards with these rank correlations. */
    public static SimulatedRewards of(String name, Map<Integer, Double> spearman) {
        return new SimulatedRewards(name, new TreeMap<>(spearman));
    }

    /** The rewards of one candidate: [k] is its preview's after k evaluations, [{@value #STEPS}] the final one. */
    public double[] draw(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        double[] rewards = new double[STEPS + 1];
        double motion = 0;
        double time = 0;
        for (int k = 1; k <= STEPS; k++) {
            double rho = correlation(k);
            motion += Math.sqrt(Math.max(0, rho * rho - time)) * random.nextGaussian();
            time = rho * rho;
            rewards[k] = motion / rho;
        }
        return rewards;
    }

    /** Pearson's correlation of the preview after {@code k} evaluations with the final reward. */
    double correlation(int k) {
        Map.Entry<Integer, Double> below = spearman.floorEntry(k);
        Map.Entry<Integer, Double> above = spearman.ceilingEntry(k);
        int from = below == null ? 0 : below.getKey();
        int to = above == null ? STEPS : above.getKey();
        double low = below == null ? 0 : pearson(below.getValue());
        double high = above == null ? 1 : pearson(above.getValue());
        return from == to ? low : low + (high - low) * (k - from) / (to - from);
    }

    private static double pearson(double rank) {
        return 2 * Math.sin(Math.PI * rank / 6);
    }
}
