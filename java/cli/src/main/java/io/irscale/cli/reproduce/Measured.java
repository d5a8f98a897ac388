package io.irscale.cli.reproduce;

import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an arm in the end.
 *
 * @param arm its images
 * @param against the arm that it is compared with: the unguided one of the same guidance; empty for that itself
 * @param judged by each judge
 * @param clips scores by CLIP models, by name
 */
record Measured(Arm arm, Optional<String> against, List<Judged> judged, Map<String, Interval> clips) {
    /**
     * By one judge.
     *
     * @param judge who
     * @param fd Fréchet distance
     * @param kid kernel distance
     * @param precision at 3 neighbours
     * @param recall at 3 neighbours
     * @param fdChange of the distance from the unguided arm's
     * @param recallChange of recall likewise
     * @param accuracy of its heads, by label
     */
    record Judged(
            String judge,
            Interval fd,
            Interval kid,
            Interval precision,
            Interval recall,
            Optional<Bootstrap.Change> fdChange,
            Optional<Bootstrap.Change> recallChange,
            Map<String, Double> accuracy) {}
}
