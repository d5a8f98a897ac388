package io.irscale.data.shard;

import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;

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
        return new InvalidInputException("%s: cannot be read%s: %s".formatted(place, as, Reason.of(thrown)), thrown);
    }
}
