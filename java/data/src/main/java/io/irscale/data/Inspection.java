package io.irscale.data;

import io.irscale.data.image.RangeChoice;
import io.irscale.data.image.ScalingRule;
import io.irscale.data.image.Survey;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What a dataset holds and what is wrong with it, found by reading all of it.
 *
 * @param types how many images have each type of samples, such as {@code 16-bit counts}; one that cannot be read has none
 * @param sizes how many images have each size, {@code 640x512}
 * @param countsFound the least and the largest sample of the images that are no pictures of 8 bits, if there are some
 * @param written images with a caption of their own
 * @param templated images whose caption the dataset's template writes
 * @param boxed images whose objects are known
 * @param boxes objects in all
 * @param notes what was chosen and left out
 * @param faults a line for every image that cannot be read, and one for counts without a range
 */
public record Inspection(
        Map<String, Integer> types,
        Map<String, Integer> sizes,
        Optional<String> countsFound,
        int written,
        int templated,
        int boxed,
        int boxes,
        List<String> notes,
        List<String> faults) {
    /** Copies the lists. */
    public Inspection {
        notes = List.copyOf(notes);
        faults = List.copyOf(faults);
    }

    /**
     * Reads all images of a dataset.
     *
     * @param name of it, for messages
     * @param choice which counts shall be black and white; empty for pictures
     * @param read told how many are read so far
     */
    public static Inspection of(String name, Dataset dataset, Optional<RangeChoice> choice, IntConsumer read) {
        Survey survey = new Survey();
        List<String> faults = new ArrayList<>();
        int done = 0;
        for (Sample sample : dataset.samples()) {
            try {
                survey.addWhole(sample.image(), choice.isPresent());
            } catch (InvalidInputException e) {
                faults.add(e.getMessage());
            }
            read.accept(++done);
        }
        List<String> notes = new ArrayList<>(dataset.notes());
        try {
            notes.addAll(ScalingRule.of(name, choice, survey).notes());
        } catch (InvalidInputException e) {
            faults.add(e.getMessage());
        }
        Captions captions = Captions.of(dataset.template());
        List<Sample> unwritten = dataset.samples().stream()
                .filter(sample -> sample.caption().isEmpty())
                .toList();
        List<List<Box>> boxes = dataset.samples().stream()
                .flatMap(sample -> sample.boxes().stream())
                .toList();
        return new Inspection(
                survey.types(),
                survey.sizes(),
                survey.countsFound(),
                dataset.samples().size() - unwritten.size(),
                (int) unwritten.stream()
                        .filter(sample -> captions.of(sample).isPresent())
                        .count(),
                boxes.size(),
                boxes.stream().mapToInt(List::size).sum(),
                notes,
                faults);
    }
}
