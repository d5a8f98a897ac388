package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.error.IrscaleException;
import io.irscale.error.VerifierException;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The verifiers of an engine. It owns them, checks what they return, and makes one value of all their scores. Scores
 * stand in the order in which the verifiers were added; those of a verifier that was not asked are NaN. Verifiers that
 * are held out are reported but never optimised: they have no part in the {@link #objective} and see no previews.
 */
public final class Panel implements AutoCloseable {
    private final List<Seat> seats;
    private final Objective objective;
    private final Object host = new Object();

    /** A member with its verifier: one of the two. */
    private record Seat(
            Member member,
            @Nullable Verifier device,
            @Nullable ImageVerifier host) {
        boolean isAsked(boolean preview) {
            return !(preview && member.heldOut());
        }

        void close() {
            if (device != null) {
                device.close();
            }
            if (host != null) {
                host.close();
            }
        }
    }

    private Panel(List<Seat> seats, Objective objective) {
        this.seats = List.copyOf(seats);
        this.objective = objective;
    }

    /** Gathers verifiers. What was added belongs to the panel once {@link #build} returns it, before that to the caller. */
    public static final class Builder {
        private final List<Seat> seats = new ArrayList<>();

        /** Adds a verifier that works on the device. */
        public Builder add(Member member, Verifier verifier) {
            seats.add(new Seat(member, verifier, null));
            return this;
        }

        /** Adds a verifier that works on host memory. */
        public Builder add(Member member, ImageVerifier verifier) {
            seats.add(new Seat(member, null, verifier));
            return this;
        }

        /**
         * The panel; one without verifiers is allowed.
         *
         * @param objective {@code WeightedSum::new} or {@code MeanRank::new}
         * @throws InvalidInputException if two members have the same name, or the objective refuses them
         */
        public Panel build(Function<List<Member>, Objective> objective) {
            List<Member> members = seats.stream().map(Seat::member).toList();
            for (int i = 0; i < members.size(); i++) {
                String name = members.get(i).name();
                if (members.subList(0, i).stream()
                        .anyMatch(other -> other.name().equals(name))) {
                    throw new InvalidInputException("verifier %s: the name is taken twice".formatted(name));
                }
            }
            return new Panel(seats, objective.apply(members));
        }
    }

    /** A panel without verifiers. */
    public static Panel empty() {
        return new Builder().build(WeightedSum::new);
    }

    /** The names of the verifiers. */
    public List<String> names() {
        return members().stream().map(Member::name).toList();
    }

    /** Who is on it. */
    public List<Member> members() {
        return seats.stream().map(Seat::member).toList();
    }

    /** The number of verifiers. */
    public int size() {
        return seats.size();
    }

    /** Whether there are no verifiers. */
    public boolean isEmpty() {
        return seats.isEmpty();
    }

    /** How one value is made of the scores. */
    public Objective objective() {
        return objective;
    }

    /** Whether {@link #scoreHost} has anybody to ask, so that images have to come to host memory. */
    public boolean needsImages(boolean preview) {
        return seats.stream().anyMatch(seat -> seat.host() != null && seat.isAsked(preview));
    }

    /**
     * Asks the verifiers that work on the device; on the device thread.
     *
     * @param images (N, 3, H, W) in [0, 1], on the engine's device; borrowed
     * @param prompts N, one a row
     * @param preview whether the images are guesses at unfinished ones
     * @return for each row a score for each verifier, NaN for those not asked
     * @throws VerifierException if a verifier throws, or returns another number of scores
     */
    public float[][] scoreDevice(Tensor images, List<String> prompts, boolean preview) {
        float[][] scores = new float[prompts.size()][seats.size()];
        for (float[] row : scores) {
            Arrays.fill(row, Float.NaN);
        }
        for (int m = 0; m < seats.size(); m++) {
            Verifier verifier = seats.get(m).device();
            if (verifier != null && seats.get(m).isAsked(preview)) {
                put(scores, m, () -> verifier.score(images, prompts));
            }
        }
        return scores;
    }

    /**
     * Asks the verifiers that work on host memory, one call at a time whoever calls; not on the device thread.
     *
     * @param asked N images
     * @param into N rows of {@link #scoreDevice}; takes the scores
     * @param preview whether the images are guesses at unfinished ones
     * @throws VerifierException if a verifier throws, or returns another number of scores
     */
    public void scoreHost(List<ImageVerifier.Asked> asked, float[][] into, boolean preview) {
        synchronized (host) {
            for (int m = 0; m < seats.size(); m++) {
                ImageVerifier verifier = seats.get(m).host();
                if (verifier != null && seats.get(m).isAsked(preview)) {
                    put(into, m, () -> verifier.score(asked));
                }
            }
        }
    }

    // Nullable, because the verifier may be a user's code.
    private void put(float[][] into, int m, Supplier<float @Nullable []> call) {
        String name = seats.get(m).member().name();
        float @Nullable [] scores;
        try {
            scores = call.get();
        } catch (IrscaleException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new VerifierException("verifier " + name + ": " + Replies.shown(e.toString()), e);
        }
        if (scores == null || scores.length != into.length) {
            throw new VerifierException("verifier %s: returned %s, expected %d scores"
                    .formatted(name, scores == null ? "null" : scores.length + " scores", into.length));
        }
        for (int i = 0; i < scores.length; i++) {
            into[i][m] = scores[i];
        }
    }

    /** Closes all verifiers, the last added first, each even where another fails to; on the device thread. */
    @Override
    public void close() {
        RuntimeException failed = null;
        for (Seat seat : seats.reversed()) {
            try {
                seat.close();
            } catch (RuntimeException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
