package io.irscale.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Everything that a search did, for looking back.
 *
 * @param nodes every candidate, in the order of birth
 * @param curve the best score so far, after every scoring that raised it
 */
public record Lineage(List<Node> nodes, List<Point> curve) {
    /**
     * One candidate.
     *
     * @param id in the order of birth
     * @param parent whom it was forked from, {@link Candidate#ROOT} for none
     * @param seed of the noise its line started from
     * @param born step at which it came into being
     * @param ended step at which it was dropped, or the last
     * @param previews scores of its x0 on the way
     * @param score once finished
     */
    public record Node(
            int id, int parent, long seed, int born, int ended, List<Preview> previews, OptionalDouble score) {}

    /** The score of x0 at a step. */
    public record Preview(int step, double score) {}

    /** The best score after so many forwards. */
    public record Point(long forwards, double best) {}

    /** Takes it down as the search goes. */
    static final class Recorder {
        private final List<Candidate> candidates = new ArrayList<>();
        private final Map<Candidate, List<Preview>> previews = new LinkedHashMap<>();
        private final List<Point> curve = new ArrayList<>();
        private double best = Double.NaN;

        void born(Candidate candidate) {
            candidates.add(candidate);
        }

        int births() {
            return candidates.size();
        }

        void previewed(Candidate candidate, double score) {
            previews.computeIfAbsent(candidate, key -> new ArrayList<>()).add(new Preview(candidate.step(), score));
        }

        void best(long forwards, double score) {
            if (!Double.isNaN(score) && (Double.isNaN(best) || score > best)) {
                best = score;
                curve.add(new Point(forwards, score));
            }
        }

        double best() {
            return best;
        }

        Lineage lineage(Map<Candidate, Scored> finals) {
            List<Node> nodes = candidates.stream()
                    .map(each -> new Node(
                            each.id(),
                            each.parent(),
                            each.seed(),
                            each.born(),
                            each.step(),
                            List.copyOf(previews.getOrDefault(each, List.of())),
                            finals.containsKey(each) ? finals.get(each).score() : OptionalDouble.empty()))
                    .toList();
            return new Lineage(nodes, List.copyOf(curve));
        }
    }
}
