package io.irscale.cli;

/** What the process tells its caller. */
public final class ExitCode {
    /** All done. */
    public static final int OK = 0;
    /** A check was made, and failed. */
    static final int CHECK_FAILED = 1;
    /** An option or a file is wrong. */
    static final int BAD_INPUT = 2;
    /** Anything else. */
    static final int FAILED = 3;
    /** Ctrl-C, as a shell counts it: 128 and the signal's number. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
