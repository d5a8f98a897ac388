package io.irscale.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.strategy.PreviewPruning;
import io.irscale.strategy.RandomSearch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The study at a fraction of its size; seeds are fixed, so it comes out the same every time. */
class PruningStudyTest {
    private static final int PROMPTS = 100;
    private static final int SEARCHES = 3;

    @Test
    void pruningOnCleanVerifiersSavesForwards() {
        PruningStudy.Outcome outcome =
                PruningStudy.run(SimulatedRewards.IMAGE_REWARD, PreviewPruning.defaults(), 300, PROMPTS, SEARCHES);
        assertThat(outcome.low()).isGreaterThan(1);
        assertThat(outcome.ratio()).isBetween(1.4, 2.2);
    }

    @Test
    void pruningOnNoiseAwareVerifiersSavesMore() {
        PruningStudy.Outcome raw =
                PruningStudy.run(SimulatedRewards.HPS, PreviewPruning.defaults(), 300, PROMPTS, SEARCHES);
        PruningStudy.Outcome aware =
                PruningStudy.run(SimulatedRewards.HPS_NOISE_AWARE, PreviewPruning.noiseAware(), 300, PROMPTS, SEARCHES);
        assertThat(raw.low()).isGreaterThan(1);
        assertThat(aware.low()).isGreaterThan(raw.ratio());
    }

    @Test
    void pruningOnNoiseLoses() {
        SimulatedRewards blind = SimulatedRewards.of("blind", Map.of(19, 0.01));
        PruningStudy.Outcome outcome = PruningStudy.run(blind, PreviewPruning.defaults(), 300, PROMPTS, SEARCHES);
        assertThat(outcome.high()).isLessThan(1);
    }

    @Test
    void bestOfNIsWorthWhatWasComputed() {
        PruningStudy.Outcome outcome =
                PruningStudy.run(SimulatedRewards.HPS, RandomSearch.defaults(), 300, PROMPTS, SEARCHES);
        assertThat(outcome.reward()).isCloseTo(ExpectedMaximum.of(15), within(0.1));
        assertThat(outcome.low()).isLessThan(1);
        assertThat(outcome.high()).isGreaterThan(1);
    }

    /** Order statistics of the normal distribution (Harter 1961). */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0.56419", "5, 1.16296", "20, 1.86748", "100, 2.50759"})
    void expectedMaximaAndTheirInverse(int m, double expected) {
        assertThat(ExpectedMaximum.of(m)).isCloseTo(expected, within(1e-4));
        assertThat(ExpectedMaximum.draws(expected)).isCloseTo(m, within(2e-3 * m));
    }

    @ParameterizedTest
    @CsvSource({"3, 0.14", "6, 0.51", "8, 0.68", "15, 0.94"})
    void previewsCorrelateAsPublished(int evaluations, double published) {
        double[][] rewards = LongStream.range(0, 20_000)
                .mapToObj(SimulatedRewards.IMAGE_REWARD::draw)
                .toArray(double[][]::new);
        assertThat(spearman(rewards, evaluations, SimulatedRewards.STEPS)).isCloseTo(published, within(0.015));
    }

    @Test
    void previewsAreAMarkovChain() {
        double[][] rewards =
                LongStream.range(0, 20_000).mapToObj(SimulatedRewards.HPS::draw).toArray(double[][]::new);
        double expected = SimulatedRewards.HPS.correlation(5) / SimulatedRewards.HPS.correlation(10);
        assertThat(spearman(rewards, 5, 10)).isCloseTo(6 / Math.PI * Math.asin(expected / 2), within(0.015));
    }

    private static double spearman(double[][] rewards, int a, int b) {
        double[] first = ranks(rewards, a);
        double[] second = ranks(rewards, b);
        double middle = (rewards.length - 1) / 2.0;
        double sum = IntStream.range(0, rewards.length)
                .mapToDouble(i -> (first[i] - middle) * (second[i] - middle))
                .sum();
        double square = Arrays.stream(first)
                .map(rank -> (rank - middle) * (rank - middle))
                .sum();
        return sum / square;
    }

    private static double[] ranks(double[][] rewards, int column) {
        int[] order = IntStream.range(0, rewards.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> rewards[i][column]))
                .mapToInt(i -> i)
                .toArray();
        double[] ranks = new double[rewards.length];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank;
        }
        return ranks;
    }
}
