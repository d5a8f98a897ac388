package io.irscale.bench;

import io.irscale.search.BatchSize;
import io.irscale.search.Budget;
import io.irscale.search.Ledger;
import io.irscale.search.SearchListener;
import io.irscale.search.SearchRun;
import io.irscale.search.SearchSetup;
import io.irscale.search.StepBatcher;
import io.irscale.search.Strategy;
import io.irscale.strategy.PreviewPruning;
import io.irscale.strategy.RandomSearch;
import io.irscale.tensor.Tensor;
import io.irscale.verify.Member;
import io.irscale.verify.Panel;
import io.irscale.verify.Verifier;
import io.irscale.verify.WeightedSum;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

/**
 * How much of best-of-N's budget does preview pruning save? Real searches on {@link SimulatedRewards}: at each budget
 * pruning's mean final reward, and how many times that budget best-of-N needs for the same - exactly, since the best of m
 * normal rewards is known ({@link ExpectedMaximum}) -, with a 95 % bootstrap interval over prompts. Best-of-N is run as well
 * and must come out as computed.
 */
public final class PruningStudy {
    private static final int PROMPTS = 200;
    private static final int SEARCHES = 20;
    private static final int RESAMPLES = 1000;
    private static final int ROWS = 64;
    private static final long SEEDS_OF_A_SEARCH = 1 << 20;
    // The simulated device makes the scores.
    private static final Panel PANEL =
            new Panel.Builder().add(Member.of("simulated"), new Unasked()).build(WeightedSum::new);
    private static final List<Integer> BUDGETS = List.of(100, 200, 300, 400);

    private PruningStudy() {}

    /**
     * What a strategy reached.
     *
     * @param reward mean of the winners' final rewards, in deviations between the candidates of a prompt
     * @param ratio the forwards that best-of-N needs for the same, over those that the budget allowed
     * @param low end of the ratio's 95 % interval
     * @param high end of the ratio's 95 % interval
     */
    public record Outcome(double reward, double ratio, double low, double high) {}

    /** Prints the table. */
    public static void main(String[] arguments) {
        System.out.println("| rewards | forwards | best-of-N | computed | pruned | budget ratio (95 %) |");
        System.out.println("|---|---|---|---|---|---|");
        print(SimulatedRewards.IMAGE_REWARD, PreviewPruning.defaults());
        print(SimulatedRewards.HPS, PreviewPruning.defaults());
        print(SimulatedRewards.HPS_NOISE_AWARE, PreviewPruning.noiseAware());
    }

    private static void print(SimulatedRewards rewards, Strategy strategy) {
        for (int budget : BUDGETS) {
            Outcome drawn = run(rewards, RandomSearch.defaults(), budget, PROMPTS, SEARCHES);
            Outcome pruned = run(rewards, strategy, budget, PROMPTS, SEARCHES);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.3f | %.3f | %.3f | %.2f (%.2f to %.2f) |%n",
                    rewards.name(),
                    budget,
                    drawn.reward(),
                    ExpectedMaximum.of((double) budget / SimulatedRewards.STEPS),
                    pruned.reward(),
                    pruned.ratio(),
                    pruned.low(),
                    pruned.high());
        }
    }

    /** Runs {@code searches} searches on each of {@code prompts} prompts. */
    public static Outcome run(SimulatedRewards rewards, Strategy strategy, int budget, int prompts, int searches) {
        double[] means = new double[prompts];
        try (ExecutorService device = Executors.newSingleThreadExecutor();
                StepBatcher batcher = new StepBatcher(new SimulatedBackend(rewards), device, Duration.ofMillis(1), 1)) {
            for (int prompt = 0; prompt < prompts; prompt++) {
                for (int i = 0; i < searches; i++) {
                    long seed = ((long) prompt * searches + i) * SEEDS_OF_A_SEARCH;
                    means[prompt] += winner(batcher, device, strategy, budget, seed) / searches;
                }
            }
        }
        return outcome(means, budget);
    }

    private static double winner(
            StepBatcher batcher, ExecutorService device, Strategy strategy, int budget, long seed) {
        SearchSetup setup = new SearchSetup(strategy, Budget.ofForwards(budget), PANEL, seed, SearchListener.NONE);
        SearchRun run = CompletableFuture.supplyAsync(
                        () -> SearchRun.start(
                                batcher, setup, SimulatedBackend.conditioning(), BatchSize.of(ROWS), new Ledger()),
                        device)
                .join();
        return run.await().winner().score().orElseThrow();
    }

    // The ratio rises with the reward, so its quantiles are those of the reward.
    private static Outcome outcome(double[] means, int budget) {
        RandomGenerator random = new SplittableRandom(budget);
        double[] rewards = new double[RESAMPLES];
        Arrays.setAll(
                rewards, i -> mean(random.ints(means.length, 0, means.length).mapToDouble(prompt -> means[prompt])));
        Arrays.sort(rewards);
        double reward = mean(Arrays.stream(means));
        return new Outcome(
                reward,
                ratio(reward, budget),
                ratio(rewards[(int) (0.025 * RESAMPLES)], budget),
                ratio(rewards[(int) (0.975 * RESAMPLES)], budget));
    }

    private static double mean(DoubleStream values) {
        return values.average().orElseThrow();
    }

    private static double ratio(double reward, int budget) {
        return ExpectedMaximum.draws(reward) * SimulatedRewards.STEPS / budget;
    }

    private static final class Unasked implements Verifier {
        @Override
        public String name() {
            return "simulated";
        }

        @Override
        public float[] score(Tensor images, List<String> prompts) {
            throw new IllegalStateException("the simulated device scores");
        }

        @Override
        public void close() {}
    }
}
