package io.irscale.data;

import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Scaling;
import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Images with captions, boxes and groups, in a fixed order. Immutable.
 *
 * @param name of its layout, such as {@code KAIST}
 * @param source who made it and under which terms, in one line
 * @param template what its captions are written from; see {@link Captions}
 * @param samples at least 1
 * @param notes a line for each choice that was made, such as which of two spectra is read, and for what was left out and why
 */
public record Dataset(String name, String source, String template, List<Sample> samples, List<String> notes) {
    /** @throws InvalidInputException if there are no samples */
    public Dataset {
        samples = List.copyOf(samples);
        notes = List.copyOf(notes);
        if (samples.isEmpty()) {
            throw new InvalidInputException(name + ": 0 images, expected at least 1");
        }
    }

    /** Other samples of the same dataset. */
    Dataset with(List<Sample> others) {
        return new Dataset(name, source, template, others, notes);
    }

    /**
     * Those of its samples that {@code kept} takes.
     *
     * @throws InvalidInputException if there are none
     */
    public Dataset where(Predicate<Sample> kept) {
        return with(samples.stream().filter(kept).toList());
    }

    /** The groups that its samples come from. */
    public Set<String> groups() {
        return samples.stream().map(Sample::group).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Where its images lie. */
    public List<ImageSource> sources() {
        return samples.stream().map(Sample::image).toList();
    }

    /** Its images as pictures. */
    public ImageFiles images() {
        return ImageFiles.of(sources(), Scaling.pictures());
    }
}
