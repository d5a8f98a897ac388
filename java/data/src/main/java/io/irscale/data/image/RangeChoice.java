package io.irscale.data.image;

import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;

/** Which counts a user wants to be black and white. */
public sealed interface RangeChoice {
    /** The forms, for help. */
    String FORMS = "MIN..MAX, percentile:LOW,HIGH or frame:LOW,HIGH";

    /**
     * These.
     *
     * @param range black and white
     */
    record Fixed(CountRange range) implements RangeChoice {
        @Override
        public String toString() {
            return range.toString();
        }
    }

    /**
     * Percentiles of all images together, the same counts for each.
     *
     * @param percentiles black and white
     */
    record OfAll(Percentiles percentiles) implements RangeChoice {
        @Override
        public String toString() {
            return "percentile:" + percentiles;
        }
    }

    /**
     * Percentiles of each image.
     *
     * @param percentiles black and white
     */
    record PerFrame(Percentiles percentiles) implements RangeChoice {
        @Override
        public String toString() {
            return "frame:" + percentiles;
        }
    }

    /**
     * Reads {@code 7000..9000}, {@code percentile:1,99}, {@code frame:1,99}, or {@code frame} for the least and the largest
     * of each image.
     *
     * @throws InvalidInputException if it is of none of the forms
     */
    static RangeChoice parse(String text) {
        String form = text.strip();
        if (form.equals("frame")) {
            return new PerFrame(new Percentiles(0, 100));
        }
        if (form.startsWith("frame:")) {
            return new PerFrame(Percentiles.parse(form.substring("frame:".length())));
        }
        if (form.startsWith("percentile:")) {
            return new OfAll(Percentiles.parse(form.substring("percentile:".length())));
        }
        if (!form.contains("..")) {
            throw new InvalidInputException("range %s: expected %s, such as 7000..9000".formatted(text, FORMS));
        }
        return new Fixed(CountRange.parse(form));
    }
}
