package io.irscale.cli.parity;

/** What became of one golden tensor. */
enum Verdict {
    /** Within tolerance. */
    PASS("pass"),
    /** Beyond tolerance, not a number, of another shape, unknown, or not to be computed. */
    FAIL("FAIL"),
    /** Expected by the models and the manifest, and not in the folder. */
    MISSING("MISSING");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** Whether it makes the whole folder fail. */
    boolean fails() {
        return this == FAIL || this == MISSING;
    }

    @Override
    public String toString() {
        return text;
    }
}
