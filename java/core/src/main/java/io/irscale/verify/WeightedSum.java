package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sum of weight times score over the verifiers that are optimised; with a single one of weight 1 the score itself,
 * and 0 where all are held out.
 */
public final class WeightedSum implements Objective {
    private final List<Member> members;

    /** @throws InvalidInputException if there are verifiers to optimise and all their weights are 0 */
    public WeightedSum(List<Member> members) {
        this.members = List.copyOf(members);
        List<Member> optimised =
                members.stream().filter(member -> !member.heldOut()).toList();
        if (!optimised.isEmpty() && optimised.stream().allMatch(member -> member.weight() == 0)) {
            throw new InvalidInputException("the weights of the verifiers %s are all 0, expected one that is not"
                    .formatted(optimised.stream().map(Member::name).collect(Collectors.joining(", "))));
        }
    }

    @Override
    public double[] values(List<float[]> pool) {
        return pool.stream().mapToDouble(this::value).toArray();
    }

    private double value(float[] scores) {
        double sum = 0;
        for (int m = 0; m < members.size(); m++) {
            if (!members.get(m).heldOut()) {
                sum += members.get(m).weight() * scores[m];
            }
        }
        return Double.isFinite(sum) ? sum : Double.NEGATIVE_INFINITY;
    }

    @Override
    public boolean relative() {
        return false;
    }

    @Override
    public String describe() {
        String sum = members.stream()
                .filter(member -> !member.heldOut())
                .map(member -> member.weight() == 1 ? member.name() : member.weight() + " " + member.name())
                .collect(Collectors.joining(" + "));
        return sum.isEmpty() ? "none" : sum;
    }
}
