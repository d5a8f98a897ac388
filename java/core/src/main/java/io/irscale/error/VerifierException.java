package io.irscale.error;

/** A verifier failed: it broke its contract, threw, or the process behind it did; the message names the verifier. */
public final class VerifierException extends IrscaleException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public VerifierException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public VerifierException(String message, Throwable cause) {
        super(message, cause);
    }
}
