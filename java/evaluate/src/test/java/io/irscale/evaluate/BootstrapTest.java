package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(2000, 0.95, 11);

    private static RowMean normal(int count, double mean, long seed) {
        Random random = new Random(seed);
        return new RowMean(
                "value",
                random.doubles(count).map(x -> mean + random.nextGaussian()).toArray());
    }

    @Test
    void theIntervalOfAMeanIsThatOfTheNormalDistribution() {
        RowMean mean = normal(400, 3, 1);
        Interval interval = BOOTSTRAP.of(mean, Groups.single(400));
        assertThat(interval.value()).isEqualTo(mean.value());
        assertThat(interval.low()).isCloseTo(mean.value() - 1.96 / 20, within(0.02));
        assertThat(interval.high()).isCloseTo(mean.value() + 1.96 / 20, within(0.02));
        assertThat(interval.excludesZero()).isTrue();
        assertThat(BOOTSTRAP.of(mean, Groups.single(400))).isEqualTo(interval);
        assertThat(new Bootstrap(2000, 0.95, 12).of(mean, Groups.single(400))).isNotEqualTo(interval);
    }

    @Test
    void nineInTenIntervalsHoldTheTruth() {
        Bootstrap bootstrap = new Bootstrap(300, 0.9, 5);
        long held = IntStream.range(0, 300)
                .filter(i -> {
                    Interval interval = bootstrap.of(normal(40, 1, 1000 + i), Groups.single(40));
                    return interval.low() <= 1 && 1 <= interval.high();
                })
                .count();
        assertThat(held).isBetween(245L, 290L);
    }

    @Test
    void rowsOfOneGroupStayTogether() {
        // 20 groups of 25 equal values: 500 rows that know as much as 20.
        double[] values = new double[500];
        String[] labels = new String[500];
        RowMean perGroup = normal(20, 0, 2);
        for (int i = 0; i < 500; i++) {
            values[i] = perGroup.of(new int[] {i % 20});
            labels[i] = "prompt " + i % 20;
        }
        RowMean mean = new RowMean("value", values);
        Interval rows = BOOTSTRAP.of(mean, Groups.single(500));
        Interval groups = BOOTSTRAP.of(mean, Groups.by(Arrays.asList(labels)));
        assertThat((groups.high() - groups.low()) / (rows.high() - rows.low())).isCloseTo(5, within(0.7));
    }

    @Test
    void pairsOnTheSamePromptsTakeTheirCommonSpreadAway() {
        // The prompts spread by 1, the arms differ by 0.1 with a spread of 0.05.
        double[] before = new double[100];
        double[] after = new double[100];
        Random random = new Random(4);
        String[] forward = new String[100];
        String[] backward = new String[100];
        for (int i = 0; i < 100; i++) {
            before[i] = 5 + random.nextGaussian();
            after[99 - i] = before[i] - 0.1 + 0.05 * random.nextGaussian();
            forward[i] = "prompt " + i;
            backward[99 - i] = "prompt " + i;
        }
        RowMean first = new RowMean("value", before);
        RowMean second = new RowMean("value", after);
        Groups firstGroups = Groups.by(Arrays.asList(forward));
        Bootstrap.Change paired = BOOTSTRAP.change(first, firstGroups, second, Groups.by(Arrays.asList(backward)));
        assertThat(paired.difference().excludesZero()).isTrue();
        assertThat(paired.difference().low()).isCloseTo(-0.11, within(0.01));
        assertThat(paired.difference().high()).isCloseTo(-0.09, within(0.01));
        Interval fall = paired.fall().orElseThrow();
        assertThat(fall.value()).isCloseTo(1 - second.value() / first.value(), within(1e-15));
        assertThat(fall.low()).isPositive();
        Bootstrap.Change shuffled = BOOTSTRAP.change(first, firstGroups, second, firstGroups);
        assertThat(shuffled.difference().excludesZero()).isFalse();
    }

    @Test
    void aValueRoundZeroHasNoFall() {
        RowMean value = normal(50, 0, 6);
        Groups groups = Groups.single(50);
        assertThat(BOOTSTRAP.change(value, groups, normal(50, 0, 7), groups).fall())
                .isEmpty();
    }

    @Test
    void theFallOfAFrechetDistance() {
        Features reference = RandomFeatures.normal(200, 4, 0, 1, 1);
        FrechetDistance far = new FrechetDistance(Moments.of(reference), RandomFeatures.normal(200, 4, 1.5, 1, 2));
        FrechetDistance near = new FrechetDistance(Moments.of(reference), RandomFeatures.normal(200, 4, 1, 1, 3));
        Groups groups = Groups.single(200);
        Interval fall = new Bootstrap(300, 0.95, 1)
                .change(far, groups, near, groups)
                .fall()
                .orElseThrow();
        // Four means of 1.5² against four of 1².
        assertThat(fall.value()).isCloseTo(1 - 4 / 9.0, within(0.1));
        assertThat(fall.low()).isBetween(0.3, fall.value());
        assertThat(fall.high()).isBetween(fall.value(), 0.75);
    }

    @Test
    void theIntervalOfAFrechetDistanceHoldsItsMeanAtThatCount() {
        // In each draw the distance is larger, by as much as 40 images are too few for 6 dimensions.
        Moments reference = Moments.of(RandomFeatures.normal(500, 6, 0, 1, 1));
        Bootstrap bootstrap = new Bootstrap(200, 0.9, 5);
        Groups groups = Groups.single(40);
        double mean = IntStream.range(0, 2000)
                .parallel()
                .mapToDouble(i -> new FrechetDistance(reference, RandomFeatures.normal(40, 6, 0.2, 1, i)).value())
                .average()
                .orElseThrow();
        long held = IntStream.range(0, 200)
                .filter(i -> {
                    Features set = RandomFeatures.normal(40, 6, 0.2, 1, 5000 + i);
                    Interval interval = bootstrap.of(new FrechetDistance(reference, set), groups);
                    return interval.low() <= mean && mean <= interval.high();
                })
                .count();
        assertThat(held).isBetween(150L, 195L);
    }

    @Test
    void badInputIsNamed() {
        RowMean four = normal(4, 0, 1);
        RowMean five = normal(5, 0, 1);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Bootstrap(1, 0.95, 0))
                .withMessage(
                        "bootstrap: 1 draws at confidence 0.95, expected at least 2 and a confidence between 0 and 1");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Bootstrap(100, Double.NaN, 0))
                .withMessageContaining("confidence NaN");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Groups.by(List.of("one", "one")))
                .withMessage("bootstrap: 2 rows make 1 groups, expected at least 2");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> BOOTSTRAP.of(four, Groups.single(5)))
                .withMessage("bootstrap: 4 rows come with groups of 5, expected as many");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> BOOTSTRAP.change(four, Groups.single(4), five, Groups.single(5)))
                .withMessage("arms have 4 and 5 images, expected equal counts");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(
                        () -> BOOTSTRAP.change(four, Groups.single(4), four, Groups.by(List.of("0", "1", "2", "x"))))
                .withMessage(
                        "bootstrap: one arm has 4 groups, the other 4, 1 of the first are not in the second; expected the same groups");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new RowMean("CLIP score", new double[] {0, Double.NaN}))
                .withMessage("CLIP score: row 1 is NaN, expected a finite number");
        KernelDistance tooFew =
                new KernelDistance(RandomFeatures.normal(9, 2, 0, 1, 1), RandomFeatures.normal(2, 2, 0, 1, 2));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> BOOTSTRAP.of(tooFew, Groups.single(2)))
                .withMessageContaining("of 2 groups gives NaN, expected more groups");
    }
}
