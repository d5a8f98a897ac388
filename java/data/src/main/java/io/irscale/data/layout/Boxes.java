package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;

/** Boxes out of annotation files: errors name the place. */
final class Boxes {
    private Boxes() {}

    static Box of(String place, String category, double x, double y, double width, double height) {
        try {
            return new Box(category, x, y, width, height);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(place + ": " + e.getMessage(), e);
        }
    }
}
