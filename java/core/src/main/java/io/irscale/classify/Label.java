package io.irscale.classify;

import io.irscale.error.InvalidInputException;
import java.util.List;

/**
 * Something to be said of a picture, in one of several words.
 *
 * @param name such as {@code time} or {@code car}
 * @param classes at least 2, such as {@code day} and {@code night}, or {@code 0}, {@code 1} and {@code 2} of something
 */
public record Label(String name, List<String> classes) {
    /** @throws InvalidInputException if there are fewer than 2 classes, or one is there twice */
    public Label {
        classes = List.copyOf(classes);
        if (classes.size() < 2 || classes.stream().distinct().count() != classes.size()) {
            throw new InvalidInputException(
                    "label %s: has the classes %s, expected at least 2, all different".formatted(name, classes));
        }
    }
}
