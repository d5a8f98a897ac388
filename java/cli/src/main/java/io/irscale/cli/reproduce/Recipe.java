package io.irscale.cli.reproduce;

import io.irscale.cli.Attribute;
import io.irscale.cli.Converters;
import io.irscale.data.image.RangeChoice;
import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What is reproduced.
 *
 * @param base pipeline that does not know the target
 * @param verifier CLIP that does not know it either
 * @param judges by name, classifiers whose features the distances are of; those without weights are trained first
 * @param data training images
 * @param validation images that are compared with; empty for the data's own split
 * @param target of the images that are adapted to
 * @param range which counts are black and white; empty for pictures
 * @param window pixels of a frame, see {@code train}
 * @param size pixels of a picture
 * @param out folder of everything
 * @param extent how much
 * @param seed of everything
 * @param libtorch see {@link io.irscale.EngineOptions}
 * @param device see {@link io.irscale.EngineOptions}
 */
record Recipe(
        Path base,
        Path verifier,
        Map<String, Path> judges,
        Path data,
        Optional<Path> validation,
        Attribute target,
        Optional<RangeChoice> range,
        int window,
        int size,
        Path out,
        Extent extent,
        long seed,
        Optional<Path> libtorch,
        Device device) {

    Path vae() {
        return base.resolve("vae");
    }

    /** Where the arms' images are. */
    Path samples() {
        return out.resolve("samples");
    }

    /** The frames and windows, in words: equal words, equal data. */
    String description() {
        return "%s of %s%s%s, windows of %d at %d, seed %d"
                .formatted(
                        target,
                        data.toAbsolutePath().normalize(),
                        validation.isPresent() ? "" : ", its train part",
                        range.map(choice -> ", range " + choice).orElse(""),
                        window,
                        size,
                        Converters.seed(seed));
    }
}
