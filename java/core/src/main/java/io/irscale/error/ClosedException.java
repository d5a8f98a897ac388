package io.irscale.error;

/** Something was used, or closed again, after it was closed. */
public final class ClosedException extends IrscaleException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public ClosedException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public ClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
