package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedSumTest {
    private static final double WORST = Double.NEGATIVE_INFINITY;
    private static final Member A = Member.of("a");
    private static final Member HELD_OUT = new Member("held", 3, true);

    private static Member weighted(String name, double weight) {
        return new Member(name, weight, false);
    }

    private static double[] values(List<Member> members, float[]... pool) {
        return new WeightedSum(members).values(List.of(pool));
    }

    @Test
    void oneVerifierOfWeightOneIsTheScoreItself() {
        float score = 0.3f;
        assertThat(values(List.of(A), new float[] {score}, new float[] {-score}))
                .containsExactly((double) score, (double) -score);
        assertThat(values(List.of(A))).isEmpty();
    }

    @Test
    void scoresAreWeighted() {
        List<Member> members = List.of(weighted("a", 0.5), weighted("b", -2), weighted("c", 0));
        assertThat(values(members, new float[] {4, 1, 9}, new float[] {2, -1, 9}))
                .containsExactly(0, 3);
        assertThat(new WeightedSum(members).describe()).isEqualTo("0.5 a + -2.0 b + 0.0 c");
        assertThat(new WeightedSum(List.of(A)).describe()).isEqualTo("a");
    }

    @Test
    void whatIsNotFiniteIsLast() {
        assertThat(values(
                        List.of(A, weighted("b", 1e308)),
                        new float[] {Float.NaN, 1},
                        new float[] {1, Float.POSITIVE_INFINITY},
                        new float[] {1, Float.NEGATIVE_INFINITY},
                        new float[] {1, 10},
                        new float[] {1, 0}))
                .containsExactly(WORST, WORST, WORST, WORST, 1);
    }

    @Test
    void heldOutVerifiersHaveNoPart() {
        List<Member> members = List.of(HELD_OUT, A);
        assertThat(values(members, new float[] {Float.NaN, 1}, new float[] {100, 2}))
                .containsExactly(1, 2);
        assertThat(new WeightedSum(members).describe()).isEqualTo("a");
        assertThat(values(List.of(HELD_OUT), new float[] {7})).containsExactly(0);
        assertThat(new WeightedSum(List.of(HELD_OUT)).describe()).isEqualTo("none");
    }

    @Test
    void weightsThatAreAllZeroAreRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new WeightedSum(List.of(HELD_OUT, weighted("a", 0), weighted("b", -0.0))))
                .withMessage("the weights of the verifiers a, b are all 0, expected one that is not");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aWeightIsFinite(double weight) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> weighted("a", weight))
                .withMessage("verifier a: the weight is " + weight + ", expected a finite number");
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> Member.of(" "));
    }
}
