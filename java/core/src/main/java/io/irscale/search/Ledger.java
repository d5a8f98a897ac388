package io.irscale.search;

import java.time.Duration;

/** What one search has cost, counted exactly: only what the device has really done. */
public final class Ledger {
    private final long start = System.nanoTime();
    private long textEncodings;
    private long plans;
    private long forwards;
    private long batches;
    private long gradients;
    private long previews;
    private long finals;
    private long verifierCalls;
    private long textNanos;
    private long denoiseNanos;
    private long decodeNanos;
    private long verifyNanos;

    /**
     * The counts at one moment.
     *
     * @param textEncodings prompts through the text encoders
     * @param plans made
     * @param forwards transformer forwards of one row (NFE); a negative prompt doubles them, and the backward pass of full
     *     gradient guidance counts as two more
     * @param batches through the transformer that held rows of this search
     * @param gradients of the verifier, for guidance
     * @param previews x0 decoded on the way
     * @param decodes finished candidates decoded
     * @param verifierCalls images scored; a panel of verifiers counts once
     */
    public record Counts(
            long textEncodings,
            long plans,
            long forwards,
            long batches,
            long gradients,
            long previews,
            long decodes,
            long verifierCalls) {}

    /**
     * Where the time went. A batch's time is shared out by rows.
     *
     * @param text tokens, text encoders and plans
     * @param denoise forwards and moves
     * @param decode latents to images
     * @param verify images to scores
     * @param idle the rest: waiting for other searches, for the strategy and for listeners
     * @param total from start to end
     */
    public record Times(
            Duration text, Duration denoise, Duration decode, Duration verify, Duration idle, Duration total) {}

    /** Prompts went through the text encoders and became plans. */
    public synchronized void prepared(int prompts, int planned, long nanos) {
        textEncodings += prompts;
        plans += planned;
        textNanos += nanos;
    }

    synchronized void forwarded(long rows, long verifierGradients, long nanos) {
        forwards += rows;
        gradients += verifierGradients;
        batches++;
        denoiseNanos += nanos;
    }

    synchronized void moved(long nanos) {
        denoiseNanos += nanos;
    }

    synchronized void judged(int previewed, int finished, long decoding, long verifying) {
        previews += previewed;
        finals += finished;
        decodeNanos += decoding;
        verifyNanos += verifying;
    }

    synchronized void verified(int images, long nanos) {
        verifierCalls += images;
        verifyNanos += nanos;
    }

    /** The counts so far. */
    public synchronized Counts counts() {
        return new Counts(textEncodings, plans, forwards, batches, gradients, previews, finals, verifierCalls);
    }

    /** The times so far. */
    public synchronized Times times() {
        long total = System.nanoTime() - start;
        long idle = total - textNanos - denoiseNanos - decodeNanos - verifyNanos;
        return new Times(
                Duration.ofNanos(textNanos),
                Duration.ofNanos(denoiseNanos),
                Duration.ofNanos(decodeNanos),
                Duration.ofNanos(verifyNanos),
                Duration.ofNanos(Math.max(0, idle)),
                Duration.ofNanos(total));
    }
}
