package io.irscale.cli.bench;

import java.util.Locale;

/** What an image takes. */
enum Stage {
    /** Both text encoders, once a prompt. */
    TEXT,
    /** Modulations and embeddings of all steps, once a prompt. */
    PLAN,
    /** A forward and its Euler step. */
    STEP,
    /** Latents to pixels. */
    DECODE,
    /** Pixels to the verifier's score. */
    VERIFY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
