package io.irscale.data.image;

import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Decides how a set of images is scaled: by the range that a user chose; without one as pictures, if they can be such. What
 * cannot be is refused with the range that was found, for nobody but the user knows what counts mean.
 *
 * @param scaling for all of the images
 * @param notes a line for each thing that a user should know of it
 */
public record ScalingRule(Scaling scaling, List<String> notes) {
    // Counts of 14 bits in 16, and those of temperatures in steps of 0.01 or 0.04 K, span less than a quarter.
    private static final double LEAST_SPAN = 0.25;
    // For percentiles of all: more samples change nothing that can be seen, and take memory.
    private static final int MOST = 1 << 24;

    /** Copies the notes. */
    public ScalingRule {
        notes = List.copyOf(notes);
    }

    /**
     * Looks at all images.
     *
     * @param name of the set, for messages
     * @param choice what the user wants; empty for pictures
     * @param looked told how many are looked at so far
     * @throws InvalidInputException if an image cannot be read, or needs a range and there is none
     */
    public static ScalingRule of(
            String name, Optional<RangeChoice> choice, List<ImageSource> sources, IntConsumer looked) {
        Survey survey = new Survey();
        for (int i = 0; i < sources.size(); i++) {
            survey.add(sources.get(i), choice.isPresent());
            looked.accept(i + 1);
        }
        return of(name, choice, survey);
    }

    /**
     * Of images that are looked at already.
     *
     * @param name of the set, for messages
     * @param choice what the user wants, with which they were looked at; empty for pictures
     * @throws InvalidInputException if an image needs a range and there is none
     */
    public static ScalingRule of(String name, Optional<RangeChoice> choice, Survey survey) {
        List<String> notes = new ArrayList<>();
        if (survey.withNaN() > 0) {
            notes.add("%s: %d of %d images have pixels that are no numbers (NaN): they become black"
                    .formatted(name, survey.withNaN(), survey.images()));
        }
        if (survey.withPages() > 0) {
            notes.add("%s: %d of %d images have several pages: the first is read"
                    .formatted(name, survey.withPages(), survey.images()));
        }
        Scaling scaling = switch (choice.orElse(null)) {
            case null -> pictures(name, survey, notes);
            case RangeChoice.Fixed fixed -> new Scaling.Fixed(fixed.range());
            case RangeChoice.PerFrame frame -> new Scaling.PerFrame(frame.percentiles());
            case RangeChoice.OfAll all when survey.needingRange().isEmpty() -> Scaling.pictures();
            case RangeChoice.OfAll all -> new Scaling.Fixed(ofAll(name, all.percentiles(), survey));
        };
        choice.ifPresent(wanted -> notes.add(
                survey.needingRange().isEmpty()
                        ? "%s: --range %s changes nothing: no image has more than 8 bits or floats"
                                .formatted(name, wanted)
                        : "%s: %s of %d images become black to white by %s"
                                .formatted(name, survey.needingRange().size(), survey.images(), scaling)));
        return new ScalingRule(scaling, notes);
    }

    private static Scaling pictures(String name, Survey survey, List<String> notes) {
        survey.counts().forEach((type, kind) -> {
            if (!kind.widened()) {
                CountRange full =
                        type.full().filter(range -> fills(kind.extent(), range)).orElse(null);
                if (full == null) {
                    throw new InvalidInputException(
                            "%s: has %s, and %d of %d images in %s hold %s: say which are black and white by --range %s, percentile:1,99 or frame:1,99"
                                    .formatted(
                                            kind.first(),
                                            type,
                                            kind.images(),
                                            survey.images(),
                                            name,
                                            kind.extent(),
                                            kind.extent()));
                }
                notes.add(
                        "%s: %d of %d images have %s, %s, and are read as pictures, with %s as black to white; --range says otherwise"
                                .formatted(name, kind.images(), survey.images(), type, kind.extent(), full));
            }
        });
        if (survey.radiometric() > 0) {
            notes.add(
                    "%s: %d of %d images are radiometric JPEGs, and are read as the pictures that the camera drew; --range reads their counts"
                            .formatted(name, survey.radiometric(), survey.images()));
        }
        return Scaling.pictures();
    }

    private static boolean fills(Extent extent, CountRange full) {
        return extent.min() >= full.min()
                && extent.max() <= full.max()
                && extent.max() - extent.min() >= LEAST_SPAN * (full.max() - full.min());
    }

    private static CountRange ofAll(String name, Percentiles percentiles, Survey survey) {
        long all = survey.counts().values().stream()
                .mapToLong(Survey.Kind::samples)
                .sum();
        int step = Math.toIntExact((all + MOST - 1) / MOST);
        double[] taken = new double[Math.toIntExact((all + step - 1) / step)];
        long seen = 0;
        for (ImageSource source : survey.needingRange()) {
            double[] samples = ImageFile.counts(source).samples();
            for (int i = (int) ((step - seen % step) % step); i < samples.length; i += step) {
                taken[(int) ((seen + i) / step)] = samples[i];
            }
            seen += samples.length;
        }
        return percentiles.of(name, taken);
    }
}
