package io.irscale.error;

/** The caller's input is wrong: a file, an option, a shape, a value. The command line exits with 2. */
public final class InvalidInputException extends IrscaleException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public InvalidInputException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
