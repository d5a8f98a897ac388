package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;

/** Boxes out of annotation files: errors name the place. */
final class Boxes {
    private Boxes() {}

    static Box of(String place, String category, double x, double y, double width, double height) {
        try {
            return new Box(category, x, y, width, height);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(place + ": " + Reason.of(e), e);
        }
    }

    /**
     * The upright box around one that is turned about its centre.
     *
     * @param cx centre in pixels
     * @param cy centre in pixels
     * @param width pixels
     * @param height pixels
     * @param angle radians
     */
    static Box around(String place, String category, double cx, double cy, double width, double height, double angle) {
        double cos = Math.abs(Math.cos(angle));
        double sin = Math.abs(Math.sin(angle));
        double across = width * cos + height * sin;
        double down = width * sin + height * cos;
        return of(place, category, cx - across / 2, cy - down / 2, across, down);
    }
}
