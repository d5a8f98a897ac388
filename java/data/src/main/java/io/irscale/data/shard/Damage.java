package io.irscale.data.shard;

import io.irscale.error.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** What a library threw at a stranger's file, in one line of plain words. */
final class Damage {
    private Damage() {}

    /**
     * That a file cannot be read.
     *
     * @param place the file
     * @param as what it was read as, such as {@code " as a tar"}; may be empty
     */
    static InvalidInputException of(String place, String as, Throwable thrown) {
        return new InvalidInputException("%s: cannot be read%s: %s".formatted(place, as, why(thrown)), thrown);
    }

    private static String why(Throwable thrown) {
        return switch (thrown) {
            case NoSuchFileException _ -> "it is not there";
            case EOFException _ -> "it is cut off";
            case OutOfMemoryError _ -> "it is too large for the memory";
            // Messages of the others are about the library's own variables.
            case IOException e when e.getMessage() != null -> Words.of(e.getMessage());
            case UnsupportedOperationException e when e.getMessage() != null -> Words.of(e.getMessage());
            default -> "it is damaged";
        };
    }
}
