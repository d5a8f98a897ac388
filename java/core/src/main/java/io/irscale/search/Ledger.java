package io.irscale.search;

/** What a run has cost, counted exactly. */
public final class Ledger {
    private long textEncodings;
    private long plans;
    private long forwards;
    private long batches;
    private long decodes;
    private long verifierCalls;

    /** The counts at one moment. */
    public record Counts(
            long textEncodings, long plans, long forwards, long batches, long decodes, long verifierCalls) {}

    /** Prompts went through the text encoders. */
    public void textEncoded(int prompts) {
        textEncodings += prompts;
    }

    /** A plan was made. */
    public void planned() {
        plans++;
    }

    /** One batch went through the transformer, {@code rows} of it counting both halves of guided rows. */
    public void forwarded(int rows) {
        forwards += rows;
        batches++;
    }

    /** Candidates were decoded. */
    public void decoded(int images) {
        decodes += images;
    }

    /** Candidates were scored. */
    public void verified(int images) {
        verifierCalls += images;
    }

    /** The counts so far: prompts encoded, plans, transformer forwards (rows), batches, decodes, verifier calls. */
    public Counts counts() {
        return new Counts(textEncodings, plans, forwards, batches, decodes, verifierCalls);
    }
}
