package io.irscale.cli;

import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;

/**
 * Something that datasets know of images.
 *
 * @param name such as {@code time}
 * @param value such as {@code night}
 */
public record Attribute(String name, String value) {
    /**
     * Reads {@code NAME=VALUE}.
     *
     * @param option it was given to
     * @throws InvalidInputException if it is not of that form
     */
    public static Attribute parse(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw new InvalidInputException(
                    "%s %s: expected ATTRIBUTE=VALUE, such as time=night".formatted(option, text));
        }
        return new Attribute(text.substring(0, equals), text.substring(equals + 1));
    }

    /**
     * The images that have it.
     *
     * @throws InvalidInputException if there are none
     */
    public Dataset of(Dataset dataset) {
        if (dataset.samples().stream()
                .noneMatch(sample -> value.equals(sample.attributes().get(name)))) {
            throw new InvalidInputException("%s: no image of %s has it".formatted(this, dataset.name()));
        }
        return dataset.where(sample -> value.equals(sample.attributes().get(name)));
    }

    @Override
    public String toString() {
        return name + "=" + value;
    }
}
