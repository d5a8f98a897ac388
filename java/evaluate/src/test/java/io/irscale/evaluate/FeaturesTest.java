package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeaturesTest {
    @Test
    void valuesThatAreNotFiniteAreNamed() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Features.of(new float[] {0, 1, 2, Float.NaN}, 2, 2))
                .withMessage("features: row 1, column 1 is NaN, expected a finite number");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Features.of(new float[] {0, Float.POSITIVE_INFINITY}, 1, 2))
                .withMessage("features: row 0, column 1 is Infinity, expected a finite number");
    }

    @Test
    void sizesHaveToFit() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Features.of(new float[3], 2, 2))
                .withMessage("features of shape (2, 2): come with 3 values, expected their product");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Features.of(new float[0], 0, 2))
                .withMessageContaining("(0, 2)");
    }

    @Test
    void batchesAreJoinedInOrder() {
        Features joined = Features.concat(
                List.of(Features.of(new float[] {1, 2}, 1, 2), Features.of(new float[] {3, 4, 5, 6}, 2, 2)));
        assertThat(joined.count()).isEqualTo(3);
        assertThat(joined.values()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Features.concat(List.of(joined, Features.of(new float[3], 1, 3))))
                .withMessage("features: one set has 2 dimensions, the other 3; expected one encoder");
    }

    @Test
    void aDrawHasDifferentRowsAndFollowsItsSeed() {
        float[] values = new float[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Features set = Features.of(values, 100, 1);
        assertThat(set.draw(40, 7).values())
                .hasSize(40)
                .doesNotHaveDuplicates()
                .containsExactly(set.draw(40, 7).values())
                .isNotEqualTo(set.draw(40, 8).values());
        assertThat(set.draw(100, 7).values()).containsExactly(values);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> set.draw(101, 7))
                .withMessage("101 rows are asked for, expected 1 to 100");
    }

    @Test
    void armsOfUnequalCountsAreRefused() {
        Features small = RandomFeatures.normal(250, 2, 0, 1, 1);
        Features large = RandomFeatures.normal(300, 2, 0, 1, 1);
        Features.requireEqualCounts(Map.of("base", large, "search", large));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Features.requireEqualCounts(Map.of("base", large, "search", small)))
                .withMessage("'search' has 250 images, 'base' 300, expected equal counts");
    }
}
