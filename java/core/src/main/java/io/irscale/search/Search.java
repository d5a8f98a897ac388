package io.irscale.search;

import io.irscale.solver.Solver;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One running search, as its strategy sees it. Every move blocks until the device has done it, together with what other
 * searches asked for at the time. A move that does not fit the budget ends the search with what was scored before.
 *
 * <p>A candidate's velocity is computed once where it stands, whatever asks first ({@link #evaluate},
 * {@link #denoise} or {@link #preview}), costs one evaluation, and is shared by its forks.
 */
public interface Search extends Outlook {
    /** Candidates at fresh noise: the next seeds of the request. */
    List<Candidate> start(int n);

    /**
     * A candidate at noise that has cosine {@code cosine} to that of {@code pivot} and its length (arXiv 2501.09732,
     * zero-order search).
     *
     * @param pivot still at step 0
     * @param cosine -1 to 1
     */
    Candidate near(Candidate pivot, double cosine);

    /** Copies that go their own ways: same latent and velocity, other noise from here on. */
    List<Candidate> fork(Candidate parent, int n);

    /**
     * Adds noise until the candidates stand at {@code step} again: x' = a x + sqrt(t'^2 - a^2 t^2) z with
     * a = (1 - t') / (1 - t), which keeps the marginal.
     *
     * @param step at or before where each of them stands
     */
    void renoise(List<Candidate> candidates, int step);

    /** x' = keep x + noise z, where they stand. */
    void mutate(List<Candidate> candidates, double keep, double noise);

    /** Takes candidates on to {@code toStep}; those that are there already stay. */
    void denoise(List<Candidate> candidates, int toStep, Solver solver);

    /** Computes the velocities where candidates stand, so that forks made after it share them. */
    void evaluate(List<Candidate> candidates);

    /** Scores of the images x0 = x - t v that candidates on the way point to; a verifier call for each. */
    Scores preview(List<Candidate> candidates);

    /**
     * Scores of finished candidates; a verifier call for each that was not scored before. Those that were may have been
     * dropped since.
     */
    Scores score(List<Candidate> candidates);

    /** Frees candidates; those that were scored stay in the result. */
    void drop(Collection<Candidate> candidates);

    /** Whether forwards and verifier calls are left for this much; asked before a round, so that none is cut short. */
    boolean affords(long forwards, long calls);

    /** Candidates that should be worked on at a time: as many as go through the device at once. */
    int width();

    /** Random numbers for the strategy's own choices, from the request's seed. */
    RandomGenerator random();
}
