package io.irscale.error;

/** Base of everything that irscale throws on purpose. */
public class IrscaleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public IrscaleException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public IrscaleException(String message, Throwable cause) {
        super(message, cause);
    }
}
