package io.irscale.data.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What kinds of samples a set of images has, found by looking at each. */
public final class Survey {
    private final Map<String, Integer> types = new TreeMap<>();
    private final Map<String, Integer> sizes = new TreeMap<>();
    private final Map<SampleType, Kind> counts = new LinkedHashMap<>();
    private final List<ImageSource> sources = new ArrayList<>();
    private int images;
    private int radiometric;
    private int withNaN;
    private int withPages;

    /**
     * The images whose samples need a range, of one type.
     *
     * @param first one of them
     * @param images how many
     * @param samples how many in all
     * @param extent of all samples
     * @param widened whether all are pictures of 8 bits in 16
     */
    record Kind(ImageSource first, int images, long samples, Extent extent, boolean widened) {
        private Kind and(Kind other) {
            return new Kind(
                    first,
                    images + other.images,
                    samples + other.samples,
                    extent.with(other.extent),
                    widened && other.widened);
        }
    }

    /**
     * Looks at another image, which is decoded only where its first bytes do not tell all.
     *
     * @param counts whether counts are looked for in JPEGs that carry them
     * @throws io.irscale.error.InvalidInputException if it cannot be read; then it is not counted
     */
    public void add(ImageSource source, boolean counts) {
        add(ImageFile.look(source, counts, false), counts);
    }

    /**
     * Looks at another image and decodes all of it, so that damage shows.
     *
     * @param counts whether counts are looked for in JPEGs that carry them
     * @throws io.irscale.error.InvalidInputException if it cannot be read; then it is not counted
     */
    public void addWhole(ImageSource source, boolean counts) {
        add(ImageFile.look(source, counts, true), counts);
    }

    private void add(Look look, boolean counts) {
        images++;
        types.merge(look.type().toString(), 1, Integer::sum);
        sizes.merge(look.width() + "x" + look.height(), 1, Integer::sum);
        radiometric += look.carriesCounts() && !counts ? 1 : 0;
        look.image().ifPresent(this::add);
    }

    private void add(RawImage image) {
        withPages += image.pages() > 1 ? 1 : 0;
        if (image.needsRange()) {
            sources.add(image.source());
            counts.merge(
                    image.type(),
                    new Kind(image.source(), 1, image.samples().length, image.extent(), image.isWidened()),
                    Kind::and);
            withNaN += image.hasNaN() ? 1 : 0;
        }
    }

    /** How many images have each type of samples, such as {@code 16-bit counts}. */
    public Map<String, Integer> types() {
        return Collections.unmodifiableMap(types);
    }

    /** How many images have each size, such as {@code 640x512}. */
    public Map<String, Integer> sizes() {
        return Collections.unmodifiableMap(sizes);
    }

    /** How many images were looked at. */
    public int images() {
        return images;
    }

    /** How many are JPEGs that carry counts which were not looked for. */
    int radiometric() {
        return radiometric;
    }

    int withNaN() {
        return withNaN;
    }

    int withPages() {
        return withPages;
    }

    /** The images that need a range, by the type of their samples. */
    Map<SampleType, Kind> counts() {
        return Collections.unmodifiableMap(counts);
    }

    /** The same images, one by one. */
    List<ImageSource> needingRange() {
        return Collections.unmodifiableList(sources);
    }

    /** The least and the largest sample of all images that need a range, as {@code --range} takes them. */
    public Optional<String> countsFound() {
        return counts.isEmpty()
                ? Optional.empty()
                : Optional.of(counts.values().stream()
                        .map(Kind::extent)
                        .reduce(Extent.NONE, Extent::with)
                        .toString());
    }
}
