package io.irscale.verify;

import io.irscale.error.InvalidInputException;

/**
 * A verifier's place in a {@link Panel}.
 *
 * @param name unique in its panel; not blank
 * @param weight in a {@link WeightedSum}, finite; {@link MeanRank} takes 1 alone
 * @param heldOut whether it is reported but never optimised
 */
public record Member(String name, double weight, boolean heldOut) {
    /** @throws InvalidInputException if the name is blank or the weight not finite */
    public Member {
        if (name.isBlank()) {
            throw new InvalidInputException("the name of a verifier is blank");
        }
        if (!Double.isFinite(weight)) {
            throw new InvalidInputException(
                    "verifier %s: the weight is %s, expected a finite number".formatted(name, weight));
        }
    }

    /** A member that is optimised, with weight 1. */
    public static Member of(String name) {
        return new Member(name, 1, false);
    }
}
