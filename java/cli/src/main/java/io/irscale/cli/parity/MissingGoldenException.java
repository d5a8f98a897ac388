package io.irscale.cli.parity;

import java.io.Serial;

/** A golden file or tensor that a comparison needs and the folder lacks; {@link Checks} turns it into a table line. */
final class MissingGoldenException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String tensor;

    /** {@code tensor} is {@link GoldenFile#WHOLE} if the file is missing. */
    MissingGoldenException(String file, String tensor) {
        super(file + ": " + tensor + " is missing");
        this.file = file;
        this.tensor = tensor;
    }

    String file() {
        return file;
    }

    String tensor() {
        return tensor;
    }
}
