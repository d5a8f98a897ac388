package io.irscale.cli.evaluate;

import io.irscale.data.ImageFiles;
import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Scaling;
import io.irscale.error.InvalidInputException;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Generated images that are measured together.
 *
 * @param name for reports
 * @param source where they are from, as the user gave it
 * @param found how many there were before any were drawn
 * @param images where they lie
 * @param prompts one an image; empty where they are not known
 * @param scaling what makes their samples values in [0, 1]
 */
record Arm(
        String name,
        String source,
        int found,
        List<ImageSource> images,
        Optional<List<String>> prompts,
        Scaling scaling) {
    /** The same with {@code size} of its images; arms of one length keep the same places. */
    Arm draw(int size, long seed) {
        if (size < 1 || size > images.size()) {
            throw new InvalidInputException(
                    "--count %d: expected 1 to %d, the images in %s".formatted(size, images.size(), source));
        }
        int[] rows = Rows.sample(images.size(), size, seed);
        return new Arm(name, source, found, pick(images, rows), prompts.map(all -> pick(all, rows)), scaling);
    }

    /** The same with what a rule makes of its images, which are looked at. */
    Arm scaled(Function<List<ImageSource>, Scaling> rule) {
        return new Arm(name, source, found, images, prompts, rule.apply(images));
    }

    private static <T> List<T> pick(List<T> all, int[] rows) {
        return Arrays.stream(rows).mapToObj(all::get).toList();
    }

    ImageFiles files() {
        return ImageFiles.of(images, scaling);
    }

    /** Images of one prompt are no independent samples: they are drawn together. */
    Groups groups() {
        return prompts.filter(all -> all.stream().distinct().count() > 1)
                .map(Groups::by)
                .orElseGet(() -> Groups.single(images.size()));
    }

    /** Whether both are of the same prompts, each as often. */
    boolean pairsWith(Arm other) {
        return prompts.isPresent()
                && other.prompts.isPresent()
                && prompts.get().stream()
                        .sorted()
                        .toList()
                        .equals(other.prompts.get().stream().sorted().toList());
    }
}
