package io.irscale.data;

import io.irscale.error.InvalidInputException;

/**
 * One annotated object.
 *
 * @param category the dataset's own name of what it is, such as {@code person}
 * @param x left edge in pixels
 * @param y top edge in pixels
 * @param width pixels, at least 0
 * @param height pixels, at least 0
 */
public record Box(String category, double x, double y, double width, double height) {
    /** @throws InvalidInputException if the category is blank, or a number is not finite or a size negative */
    public Box {
        boolean finite = Double.isFinite(x + y + width + height);
        if (category.isBlank() || !finite || width < 0 || height < 0) {
            throw new InvalidInputException(
                    "box \"%s\" at %s, %s of %s x %s: expected a category, finite numbers and sizes of at least 0"
                            .formatted(category, x, y, width, height));
        }
    }
}
