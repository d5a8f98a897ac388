package io.irscale.data;

import io.irscale.data.image.ImageFile;
import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is wrong with a dataset, found by reading all of it. Nothing is left out: each fault has its line.
 *
 * @param count images looked at
 * @param sizes how many images have each size, {@code 640x512}; one that cannot be read has none
 * @param faults a line for every image that cannot be read, every one without a caption, and for sizes that differ
 */
public record Inspection(int count, Map<String, Integer> sizes, List<String> faults) {
    /** Copies the collections. */
    public Inspection {
        sizes = Collections.unmodifiableMap(new TreeMap<>(sizes));
        faults = List.copyOf(faults);
    }

    /** Reads all images of a dataset. */
    public static Inspection of(Dataset dataset) {
        Map<String, Integer> sizes = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (Sample sample : dataset.samples()) {
            try {
                Image image = ImageFile.read(sample.image());
                sizes.merge(image.width() + "x" + image.height(), 1, Integer::sum);
            } catch (InvalidInputException e) {
                faults.add(e.getMessage());
            }
            if (sample.caption().isEmpty()) {
                faults.add(sample.image() + ": has no caption");
            }
        }
        if (sizes.size() > 1) {
            faults.add("%s: sizes differ: %s".formatted(dataset.name(), sizes));
        }
        return new Inspection(dataset.samples().size(), sizes, faults);
    }

    /**
     * Passes if nothing is wrong.
     *
     * @throws InvalidInputException with the first fault and the number of the others
     */
    public void require() {
        if (!faults.isEmpty()) {
            String others = faults.size() == 1 ? "" : " (and %d more faults)".formatted(faults.size() - 1);
            throw new InvalidInputException(faults.getFirst() + others);
        }
    }
}
