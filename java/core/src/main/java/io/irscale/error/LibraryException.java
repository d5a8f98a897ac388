package io.irscale.error;

/** libtorch or the native library is missing, too old, or lacks a symbol; the message names the remedy. */
public final class LibraryException extends IrscaleException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public LibraryException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public LibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
