package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.solver.Solver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trajectories that go down child by child: each draws one child a step further on (the first ones are noise), looks at its
 * x0, and its strategy takes the best one so far or has another drawn. They draw together, so that a batch holds a child of
 * each. What it takes to finish every trajectory stays set aside.
 */
final class Descents {
    private final Search search;
    private final Solver solver;
    private final int end;
    private final List<Line> lines;
    private long forwardsLeft;
    private long callsLeft;

    /**
     * {@code n} trajectories without a candidate yet.
     *
     * @param end children are chosen for steps 0 to this one
     * @param forwards that all this may cost
     * @param calls of the verifier that all this may cost
     */
    Descents(Search search, Solver solver, int end, int n, long forwards, long calls) {
        this.search = search;
        this.solver = solver;
        this.end = end;
        this.lines = IntStream.range(0, n).mapToObj(i -> new Line()).toList();
        this.forwardsLeft = forwards;
        this.callsLeft = calls;
    }

    /** One trajectory. */
    final class Line {
        private @Nullable Candidate parent;
        private Best best = new Best();
        private int drawn;

        // Of the strategies: the most children to draw for this step, and the score to beat.
        int quota;
        double toBeat = Double.NEGATIVE_INFINITY;

        /** The step at which its children stand. */
        int step() {
            return parent == null ? 0 : parent.step() + 1;
        }

        /** Children drawn for this step. */
        int drawn() {
            return drawn;
        }

        /** The best score of the children drawn for this step. */
        double bestScore() {
            return best.score();
        }

        /** Goes on with the best child. */
        void take() {
            if (parent != null) {
                search.drop(List.of(parent));
            }
            parent = best.candidate();
            best = new Best();
            drawn = 0;
        }

        private boolean choosing() {
            return step() <= end;
        }

        private List<Candidate> draw(int n) {
            drawn += n;
            if (parent == null) {
                return search.start(n);
            }
            List<Candidate> children = search.fork(parent, n);
            search.denoise(children, step(), solver);
            return children;
        }

        private Candidate leaveBest() {
            if (!best.isEmpty()) {
                take();
            }
            return Objects.requireNonNull(parent);
        }
    }

    /** Those that have children to draw. */
    List<Line> choosing() {
        return lines.stream().filter(Line::choosing).toList();
    }

    /** Whether each of them can draw once more, and all can be finished then. */
    boolean affords() {
        long finish = lines.stream()
                .mapToLong(line -> search.cost(line.step(), search.steps()))
                .sum();
        return finish <= forwardsLeft && choosing().size() + lines.size() <= callsLeft;
    }

    /** Each of {@code drawing} draws {@code n} children. */
    void draw(List<Line> drawing, int n) {
        List<List<Candidate>> families =
                drawing.stream().map(line -> line.draw(n)).toList();
        List<Candidate> all = families.stream().flatMap(List::stream).toList();
        Scores scores = search.preview(all);
        for (Candidate child : all) {
            forwardsLeft -= search.cost(child.step(), child.step() + 1);
        }
        callsLeft -= all.size();
        List<Candidate> left = new ArrayList<>();
        for (int i = 0; i < families.size(); i++) {
            for (Candidate child : families.get(i)) {
                drawing.get(i).best.offer(child, scores.of(child)).ifPresent(left::add);
            }
        }
        search.drop(left);
    }

    /** Children of {@code line} that its share of what is left pays for, if all steps from its own on get as many. */
    long share(Line line) {
        long tail = search.cost(end + 1, search.steps());
        long lines = choosing().size();
        long forwards = (forwardsLeft - this.lines.size() * tail) / lines / search.cost(line.step(), end + 1);
        long calls = (callsLeft - this.lines.size()) / lines / (end + 1 - line.step());
        return Math.min(forwards, calls);
    }

    /** Takes every trajectory's best child, or else its candidate, to the image, and scores it. */
    void finish() {
        List<Candidate> last = lines.stream().map(Line::leaveBest).toList();
        search.denoise(last, search.steps(), solver);
        search.score(last);
        search.drop(last);
    }
}
