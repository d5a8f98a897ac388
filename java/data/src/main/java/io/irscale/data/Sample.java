package io.irscale.data;

import io.irscale.data.image.ImageSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image with what its dataset says about it. Immutable.
 *
 * @param image where it lies
 * @param caption empty where there is none
 * @param boxes empty where nobody looked for objects, which is not the same as a list of none
 * @param group the video or place it was taken from: images of one group look alike and never part in a {@link Split}
 * @param attributes what else is known, such as {@code time} to {@code night}
 */
public record Sample(
        ImageSource image,
        Optional<String> caption,
        Optional<List<Box>> boxes,
        String group,
        Map<String, String> attributes) {
    /** Copies the collections. */
    public Sample {
        boxes = boxes.map(List::copyOf);
        attributes = Map.copyOf(attributes);
    }

    /** The same image with another caption. */
    Sample withCaption(String text) {
        return new Sample(image, Optional.of(text), boxes, group, attributes);
    }
}
