package io.irscale.cli.train;

import io.irscale.cli.Attribute;
import io.irscale.cli.ImageSet;
import io.irscale.cli.RangeOption;
import io.irscale.cli.TrainingSets;
import io.irscale.data.Dataset;
import io.irscale.data.Frames;
import io.irscale.train.ImageWindows;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The pictures that a training sees. */
final class ImageOptions {
    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Images to train on, a dataset of any layout.")
    private Path data = Path.of("");

    @Option(
            names = "--validation",
            paramLabel = "DIR",
            description =
                    "Images to validate on. Default: the val or test part of --data, which is trained on its train"
                            + " part then.")
    private Optional<Path> validation = Optional.empty();

    @Option(
            names = "--window",
            defaultValue = "0",
            paramLabel = "PIXELS",
            description =
                    "Edge of the square windows of a frame that are pictures; 0: whole frames, squashed; default: ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--size",
            defaultValue = "64",
            paramLabel = "PIXELS",
            description = "Edge of a picture; default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--only",
            paramLabel = "ATTRIBUTE=VALUE",
            description = "Take the images alone that have it, such as time=day.")
    private Optional<String> only = Optional.empty();

    @Mixin
    private RangeOption range = new RangeOption();

    private @Nullable TrainingSets sets;

    ImageWindows training(PrintWriter err) {
        return of(sets(err).training());
    }

    ImageWindows validation(PrintWriter err) {
        return of(sets(err).validation());
    }

    private TrainingSets sets(PrintWriter err) {
        if (sets == null) {
            sets = TrainingSets.open(data, validation, range.choice(), err);
        }
        return sets;
    }

    /** What is validated on, in words. */
    String validated() {
        return validation
                .map(folder -> folder.toAbsolutePath().normalize().toString())
                .orElse("its own split");
    }

    /** Edge of a picture, in pixels. */
    int size() {
        return size;
    }

    private ImageWindows of(ImageSet set) {
        Dataset dataset = only.map(text -> Attribute.parse("--only", text).of(set.dataset()))
                .orElse(set.dataset());
        return new ImageWindows(Frames.read(dataset, set.scaling(), count -> {}), window, size);
    }

    String description() {
        return "%s%s%s%s, windows of %d at %d"
                .formatted(
                        data.toAbsolutePath().normalize(),
                        validation.isPresent() ? "" : ", its train part",
                        only.map(text -> ", only " + text).orElse(""),
                        range.choice().map(choice -> ", range " + choice).orElse(""),
                        window,
                        size);
    }
}
