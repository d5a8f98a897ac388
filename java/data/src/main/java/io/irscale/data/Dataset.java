package io.irscale.data;

import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 */
public record Dataset(String name, String source, String template, List<Sample> samples) {
    // The most particular first: a plain folder would take them all.
    private static final List<Layout> LAYOUTS =
            List.of(new HitUav(), new ImageFolder(), new Kaist(), new FlirAdas(), new Llvip(), new PlainFolder());

    /** @throws InvalidInputException if there are no samples */
    public Dataset {
        samples = List.copyOf(samples);
        if (samples.isEmpty()) {
            throw new InvalidInputException(name + ": 0 images, expected at least 1");
        }
    }

    /**
     * Reads a folder in the first layout that it fits: HIT-UAV, imagefolder, KAIST, FLIR ADAS v2, LLVIP, plain. Image
     * files are listed and not opened: {@link Inspection} does that.
     *
     * @throws InvalidInputException if it is no folder, has no images, or its annotations cannot be read or name images
     *     that are not there
     */
    public static Dataset open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + ": is not a folder");
        }
        return LAYOUTS.stream()
                .filter(layout -> layout.fits(folder))
                .findFirst()
                .map(layout -> layout.read(folder))
                .orElseThrow(() -> new InvalidInputException(
                        folder + ": holds no %s in any known layout".formatted(ImageFiles.ENDINGS)));
    }

    /** Other samples of the same dataset. */
    Dataset with(List<Sample> others) {
        return new Dataset(name, source, template, others);
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

    /** The files of its images. */
    public ImageFiles images() {
        return ImageFiles.of(samples.stream().map(Sample::image).toList());
    }
}
