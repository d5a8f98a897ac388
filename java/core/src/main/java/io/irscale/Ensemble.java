package io.irscale;

import io.irscale.verify.MeanRank;
import io.irscale.verify.Member;
import io.irscale.verify.Objective;
import io.irscale.verify.WeightedSum;
import java.util.List;

/** How one value is made of the scores of several verifiers. */
public enum Ensemble {
    /** The weighted sum of the scores. */
    SUM {
        @Override
        Objective of(List<Member> members) {
            return new WeightedSum(members);
        }
    },
    /** The mean rank among all candidates, which knows no scales (arXiv 2501.09732). */
    MEAN_RANK {
        @Override
        Objective of(List<Member> members) {
            return new MeanRank(members);
        }
    };

    abstract Objective of(List<Member> members);
}
