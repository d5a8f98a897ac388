package io.irscale.error;

/** The device has too little free memory for what was asked; a smaller batch may fit. */
public final class DeviceMemoryException extends IrscaleException {
    private static final long serialVersionUID = 1L;

    /** @param message one line naming the thing, the value and the limit */
    public DeviceMemoryException(String message) {
        super(message);
    }

    /**
     * @param message one line naming the thing, the value and the limit
     * @param cause what lies behind it
     */
    public DeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
