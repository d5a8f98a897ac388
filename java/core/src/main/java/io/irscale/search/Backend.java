package io.irscale.search;

import io.irscale.decode.Image;
import io.irscale.solver.Transition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic under all searches. Called on the device thread only; every list is one batch, and what it returns
 * stands in the order of its rows and belongs to the caller.
 */
public interface Backend {
    /** Starting noise, one seed a row: the same whatever the batch. */
    List<Latent> noise(Conditioning conditioning, long[] seeds);

    /**
     * Starting noise at cosine {@code cosine} from {@code noise} and of its length: |n| (c u + sqrt(1 - c^2) w), with u
     * the direction of n and w a random unit vector orthogonal to it.
     */
    Latent neighbour(Conditioning conditioning, Latent noise, double cosine, long seed);

    /** One forward: every row's velocity where it stands, guided where its conditioning says so. */
    List<Latent> velocities(List<At> rows);

    /** Applies each row's transition. */
    List<Latent> move(List<Move> rows);

    /** Decodes and scores clean latents. */
    Judgement judge(List<Clean> rows);

    /**
     * A latent at a step of its schedule.
     *
     * @param last its velocity at an earlier step, if that {@linkplain Latent#remembers remembers} something
     */
    record At(
            Conditioning conditioning,
            Latent x,
            int step,
            @Nullable Latent last) {}

    /**
     * A latent, its velocity (null where the transition does not use it) and the seed of its fresh noise.
     *
     * @param seed unused without noise
     */
    record Move(
            Conditioning conditioning, Latent x, @Nullable Latent velocity, Transition transition, long seed) {}

    /**
     * A clean latent to look at.
     *
     * @param preview an x0 on the way: may be decoded at reduced size, and is not shown to held-out verifiers
     * @param wanted whether the image itself shall come back
     */
    record Clean(Conditioning conditioning, Latent x0, boolean preview, boolean wanted) {}

    /**
     * What {@link #judge} found.
     *
     * @param parts a row's score by every verifier of the panel, NaN for those that have not seen it
     * @param images where they were wanted
     * @param decode time it took
     * @param verify time it took
     */
    record Judgement(List<float[]> parts, List<Optional<Image>> images, Duration decode, Duration verify) {}
}
