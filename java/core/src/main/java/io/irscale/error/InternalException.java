package io.irscale.error;

/** A failure inside libtorch or the native layer that no input check foresaw. */
public final class InternalException extends IrscaleException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public InternalException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public InternalException(String message, Throwable cause) {
        super(message, cause);
    }
}
