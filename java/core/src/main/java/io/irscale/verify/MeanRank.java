package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The mean over the verifiers that are optimised of the share of the other candidates that a candidate beats, in
 * [0, 1]: free of the verifiers' scales (the verifier ensemble of arXiv 2501.09732, section 4.2). A tie counts half, so
 * a pool of equals, or of one, has 0.5. The value depends on the pool; values of two pools cannot be compared.
 */
public final class MeanRank implements Objective {
    private final List<Member> members;
    private final int[] optimised;

    /** @throws InvalidInputException if an optimised verifier has another weight than 1 */
    public MeanRank(List<Member> members) {
        this.members = List.copyOf(members);
        optimised = IntStream.range(0, members.size())
                .filter(m -> !members.get(m).heldOut())
                .toArray();
        for (int m : optimised) {
            if (members.get(m).weight() != 1) {
                throw new InvalidInputException("verifier %s: the weight is %s, expected 1: a mean rank has no weights"
                        .formatted(members.get(m).name(), members.get(m).weight()));
            }
        }
    }

    @Override
    public double[] values(List<float[]> pool) {
        double[] values = new double[pool.size()];
        for (int m : optimised) {
            float[] scores = new float[pool.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = pool.get(i)[m];
            }
            double[] ranks = ranks(scores);
            for (int i = 0; i < values.length; i++) {
                values[i] += ranks[i] / optimised.length;
            }
        }
        return values;
    }

    /** The share of the others that each beats; negative infinity for what is not finite, which all others beat. */
    private static double[] ranks(float[] scores) {
        double[] ranks = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            ranks[i] = Float.isFinite(scores[i]) ? share(scores, scores[i]) : Double.NEGATIVE_INFINITY;
        }
        return ranks;
    }

    private static double share(float[] scores, float score) {
        int beaten = 0;
        int tied = -1; // with itself
        for (float other : scores) {
            if (other == score) {
                tied++;
            } else if (other < score || !Float.isFinite(other)) {
                beaten++;
            }
        }
        int others = scores.length - 1;
        return others == 0 ? 0.5 : (beaten + tied / 2.0) / others;
    }

    @Override
    public boolean relative() {
        return true;
    }

    @Override
    public String describe() {
        String names =
                Arrays.stream(optimised).mapToObj(m -> members.get(m).name()).collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : "mean rank of " + names;
    }
}
