package io.irscale.cli.parity;

import tools.jackson.core.JacksonException;

/** Reasons that fit a line. */
final class Notes {
    private Notes() {}

    /** What an exception says, without where in a document it happened. */
    static String reason(Exception e) {
        String text = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
        return text == null
                ? e.getClass().getSimpleName()
                : text.lines().findFirst().orElse("");
    }
}
