package io.irscale.strategy;

/** How the scores on the way weigh a particle (arXiv 2501.06848, section 3); with each, all weights multiply to the end's. */
public enum Potential {
    /** exp lambda (r - the score before, 0 at first): what was gained. */
    DIFFERENCE(0) {
        @Override
        double next(double before, double score) {
            return score;
        }

        @Override
        double log(double before, double now) {
            return now - before;
        }
    },
    /** exp lambda (the best score so far). */
    MAX(Double.NEGATIVE_INFINITY) {
        @Override
        double next(double before, double score) {
            return Math.max(before, score);
        }

        @Override
        double log(double before, double now) {
            return now;
        }
    },
    /** exp lambda (the sum of the scores so far). */
    SUM(0) {
        @Override
        double next(double before, double score) {
            return before + score;
        }

        @Override
        double log(double before, double now) {
            return now;
        }
    };

    private final double start;

    Potential(double start) {
        this.start = start;
    }

    /** What a new particle remembers. */
    double start() {
        return start;
    }

    /** What it remembers after a score: that score, the best, or the sum. */
    abstract double next(double before, double score);

    /** The logarithm of the weight, over lambda. */
    abstract double log(double before, double now);
}
