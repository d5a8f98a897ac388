package io.irscale.search;

import io.irscale.decode.Image;
import io.irscale.solver.Solver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a search waits for: its rows go through the device a batch at a time, mixed with those of others. */
abstract sealed class Request {
    final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Rows that still have to go through the device. */
    abstract int rows();

    /** Legs of denoising. A leg that needs more steps goes to the back of its queue, so that all advance together. */
    static final class Walk extends Request {
        final Deque<Leg> legs;

        Walk(List<Leg> legs) {
            this.legs = new ArrayDeque<>(legs);
        }

        @Override
        int rows() {
            return legs.size();
        }
    }

    /** Images to decode and score. */
    static final class Look extends Request {
        final Deque<Glance> glances;

        Look(List<Glance> glances) {
            this.glances = new ArrayDeque<>(glances);
        }

        @Override
        int rows() {
            return glances.size();
        }
    }

    /**
     * A candidate's way to a step.
     *
     * @param solver null to compute the velocity at {@code to} and stay there
     */
    record Leg(Candidate candidate, int to, @Nullable Solver solver) {
        boolean needsForward() {
            return candidate.velocity == null && (candidate.step < to || solver == null);
        }

        boolean needsMove() {
            return candidate.step < to && solver != null;
        }
    }

    /** A look at a candidate's image or x0; filled in by the device thread. */
    static final class Glance {
        final Candidate candidate;
        final boolean preview;
        final boolean wanted;
        float[] parts = {};
        Optional<Image> image = Optional.empty();

        Glance(Candidate candidate, boolean preview, boolean wanted) {
            this.candidate = candidate;
            this.preview = preview;
            this.wanted = wanted;
        }
    }
}
