package io.irscale.cli;

import io.irscale.data.OwnSplit;
import io.irscale.data.image.RangeChoice;
import io.irscale.error.InvalidInputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is trained on and what is validated on, with the same counts as black and white.
 *
 * @param training images
 * @param validation images
 */
public record TrainingSets(ImageSet training, ImageSet validation) {
    /**
     * Opens them.
     *
     * @param data the training images; where {@code validation} is empty, its own split gives both
     * @param range which counts shall be black and white; empty for pictures
     * @throws InvalidInputException if there is nothing to validate on
     */
    public static TrainingSets open(
            Path data, Optional<Path> validation, Optional<RangeChoice> range, PrintWriter err) {
        ImageSet all = ImageSet.open(data, range, err);
        if (validation.isPresent()) {
            return new TrainingSets(all, all.like(validation.get(), err));
        }
        OwnSplit split = OwnSplit.of(all.dataset())
                .orElseThrow(() -> new InvalidInputException(
                        "--data %s: %s has no split of its own; name images to validate on with --validation DIR"
                                .formatted(data, all.dataset().name())));
        return new TrainingSets(
                new ImageSet(split.training(), all.scaling()), new ImageSet(split.validation(), all.scaling()));
    }
}
