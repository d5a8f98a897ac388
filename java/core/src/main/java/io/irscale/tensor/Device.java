package io.irscale.tensor;

import io.irscale.error.InvalidInputException;

/**
 * Where a tensor lives: {@link #CPU}, or a CUDA device.
 *
 * @param index -1 for the CPU, 0 and up for a CUDA device
 */
public record Device(int index) {
    /** The host. */
    public static final Device CPU = new Device(-1);

    /** @throws InvalidInputException if {@code index} is below -1 */
    public Device {
        if (index < -1) {
            throw new InvalidInputException("device index is " + index + ", expected -1 (CPU) or a CUDA index");
        }
    }

    /**
     * Reads {@code cpu}, {@code cuda} (the first device) or {@code cuda:N}.
     *
     * @throws InvalidInputException for anything else
     */
    public static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        if (text.equals("cuda")) {
            return new Device(0);
        }
        if (text.matches("cuda:\\d{1,3}")) {
            return new Device(Integer.parseInt(text.substring("cuda:".length())));
        }
        throw new InvalidInputException("device is '" + text + "', expected cpu, cuda or cuda:N");
    }

    /** Whether this is the host. */
    public boolean isCpu() {
        return index < 0;
    }

    @Override
    public String toString() {
        return isCpu() ? "cpu" : "cuda:" + index;
    }
}
