package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import org.junit.jupiter.api.Test;

class ManifoldsTest {
    @Test
    void onALineByHand() {
        Features real = Features.of(new float[] {0, 1, 3, 7}, 4, 1); // radii to the nearest: 1, 1, 2, 4
        Features fake = Features.of(new float[] {0.5f, 20, 4, 3.5f}, 4, 1); // radii: 3, 16, 0.5, 0.5
        Manifolds manifolds = Manifolds.of(real, fake, 1);
        assertThat(manifolds.precision().value()).isEqualTo(0.75);
        assertThat(manifolds.density().value()).isEqualTo((2 + 0 + 2 + 2) / 4.0);
        assertThat(manifolds.coverage().value()).isEqualTo(1);
        // 20 reaches down to 4, not below.
        assertThat(manifolds.recall().value()).isEqualTo(1);
        assertThat(Manifolds.of(fake, real, 1).precision().value()).isEqualTo(1);
    }

    @Test
    void anImageOnTheEdgeIsOutside() {
        Features real = Features.of(new float[] {0, 1}, 2, 1);
        Features fake = Features.of(new float[] {2, 3}, 2, 1);
        Manifolds manifolds = Manifolds.of(real, fake, 1);
        assertThat(manifolds.precision().value()).isEqualTo(0);
        assertThat(manifolds.recall().value()).isEqualTo(0);
        assertThat(manifolds.coverage().value()).isEqualTo(0);
    }

    @Test
    void collapseKeepsPrecisionAndLosesRecall() {
        Features real = RandomFeatures.normal(100, 4, 0, 1, 1);
        Features collapsed = RandomFeatures.normal(100, 4, 0, 0.05, 2);
        Manifolds manifolds = Manifolds.of(real, collapsed, 3);
        assertThat(manifolds.precision().value()).isGreaterThan(0.9);
        assertThat(manifolds.recall().value()).isLessThan(0.1);
        assertThat(manifolds.coverage().value()).isLessThan(0.5);
    }

    @Test
    void kHasToLieBelowBothCounts() {
        Features four = RandomFeatures.normal(4, 2, 0, 1, 1);
        Features five = RandomFeatures.normal(5, 2, 0, 1, 1);
        assertThat(Manifolds.of(four, five, 3).recall().count()).isEqualTo(4);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Manifolds.of(five, four, 4))
                .withMessage("precision and recall: k is 4 for a set of 4 images, expected 1 to 3 of at most 20000");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Manifolds.of(four, five, 0))
                .withMessageContaining("k is 0");
    }
}
