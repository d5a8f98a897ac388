package io.irscale.data.image;

import io.irscale.decode.CountRange;
import java.util.Optional;

/**
 * What a sample of an image file is.
 *
 * @param kind how its bits are read
 * @param bits 1 to 64
 */
public record SampleType(Kind kind, int bits) {
    /** How bits are read. */
    public enum Kind {
        /** Whole numbers from 0. */
        UNSIGNED,
        /** Whole numbers of both signs. */
        SIGNED,
        /** IEEE 754. */
        FLOAT
    }

    private static final int PICTURE_BITS = 8;

    /** Whether it is of a picture that somebody made to be looked at: black is 0, white its largest value. */
    public boolean isPicture() {
        return kind == Kind.UNSIGNED && bits <= PICTURE_BITS;
    }

    /** Black and white where nothing else is stated: 0 and the largest value; 0 and 1 of floats; signed ones have none. */
    Optional<CountRange> full() {
        return switch (kind) {
            case UNSIGNED -> Optional.of(new CountRange(0, Math.pow(2, bits) - 1));
            case FLOAT -> Optional.of(new CountRange(0, 1));
            case SIGNED -> Optional.empty();
        };
    }

    /** Such as {@code 16-bit counts} or {@code 32-bit floats}. */
    @Override
    public String toString() {
        return "%d-bit %s"
                .formatted(
                        bits,
                        switch (kind) {
                            case UNSIGNED -> isPicture() ? "pixels" : "counts";
                            case SIGNED -> "signed counts";
                            case FLOAT -> "floats";
                        });
    }
}
