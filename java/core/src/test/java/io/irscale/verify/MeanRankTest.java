package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeanRankTest {
    private static final double WORST = Double.NEGATIVE_INFINITY;
    private static final Member A = Member.of("a");
    private static final Member B = Member.of("b");
    private static final Member HELD_OUT = new Member("held", 3, true);

    private static double[] values(List<Member> members, float[]... pool) {
        return new MeanRank(members).values(List.of(pool));
    }

    private static float[][] column(float... scores) {
        float[][] pool = new float[scores.length][];
        Arrays.setAll(pool, i -> new float[] {scores[i]});
        return pool;
    }

    @Test
    void theBestHasOneAndTheWorstZero() {
        assertThat(values(List.of(A), column(0.2f, -7, 1000, 0.3f, 0.25f))).containsExactly(0.25, 0, 1, 0.75, 0.5);
    }

    @Test
    void aTieCountsHalf() {
        assertThat(values(List.of(A), column(1, 2, 2, 3))).containsExactly(0, 0.5, 0.5, 1);
        assertThat(values(List.of(A), column(2, 2, 2))).containsExactly(0.5, 0.5, 0.5);
        assertThat(values(List.of(A), column(0f, -0f, -1))).containsExactly(0.75, 0.75, 0);
        assertThat(values(List.of(A), column(5))).containsExactly(0.5);
        assertThat(values(List.of(A))).isEmpty();
    }

    @Test
    void theScaleOfAVerifierDoesNotMatter() {
        float[][] pool = {{1, 0.1f}, {2, 0.3f}, {3, 0.2f}};
        float[][] stretched = {{1, 100}, {2, 300_000}, {3, 200}};
        assertThat(values(List.of(A, B), pool)).containsExactly(0, 0.75, 0.75);
        assertThat(values(List.of(A, B), stretched)).containsExactly(0, 0.75, 0.75);
    }

    @Test
    void whatIsNotFiniteIsLastAndBeatenByAllOthers() {
        assertThat(values(List.of(A), column(1, Float.NaN, 2, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)))
                .containsExactly(0.75, WORST, 1, WORST, WORST);
        float[][] pool = {{1, Float.NaN}, {2, 0.3f}, {3, 0.2f}};
        assertThat(values(List.of(A, B), pool)).containsExactly(WORST, 0.75, 0.75);
    }

    @Test
    void heldOutVerifiersHaveNoPart() {
        float[][] pool = {{Float.NaN, 1}, {5, 2}, {9, 3}};
        assertThat(values(List.of(HELD_OUT, A), pool)).containsExactly(0, 0.5, 1);
        assertThat(new MeanRank(List.of(HELD_OUT, A, B)).describe()).isEqualTo("mean rank of a, b");
        assertThat(values(List.of(HELD_OUT), column(1, 2))).containsExactly(0, 0);
        assertThat(new MeanRank(List.of(HELD_OUT)).describe()).isEqualTo("none");
    }

    @Test
    void weightsAreRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new MeanRank(List.of(A, new Member("b", 0.5, false))))
                .withMessage("verifier b: the weight is 0.5, expected 1: a mean rank has no weights");
    }
}
