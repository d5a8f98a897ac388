package io.irscale.cli.train;

import io.irscale.cli.Attribute;
import io.irscale.cli.ImageSet;
import io.irscale.cli.RangeOption;
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

    @Option(names = "--validation", required = true, paramLabel = "DIR", description = "Images to validate on.")
    private Path validation = Path.of("");

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

    // Opened once: what is validated on is scaled as what is trained on.
    private @Nullable ImageSet set;

    ImageWindows training(PrintWriter err) {
        return of(trainingSet(err));
    }

    ImageWindows validation(PrintWriter err) {
        return of(trainingSet(err).like(validation, err));
    }

    private ImageSet trainingSet(PrintWriter err) {
        if (set == null) {
            set = ImageSet.open(data, range.choice(), err);
        }
        return set;
    }

    Path validationFolder() {
        return validation.toAbsolutePath().normalize();
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
        return "%s%s%s, windows of %d at %d"
                .formatted(
                        data.toAbsolutePath().normalize(),
                        only.map(text -> ", only " + text).orElse(""),
                        range.choice().map(choice -> ", range " + choice).orElse(""),
                        window,
                        size);
    }
}
