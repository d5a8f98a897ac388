package io.irscale.cli.train;

import io.irscale.cli.Attribute;
import io.irscale.data.Dataset;
import io.irscale.data.Frames;
import io.irscale.data.layout.Datasets;
import io.irscale.train.ImageWindows;
import java.nio.file.Path;
import java.util.Optional;
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

    ImageWindows training() {
        return of(data);
    }

    ImageWindows validation() {
        return of(validation);
    }

    Path validationFolder() {
        return validation.toAbsolutePath().normalize();
    }

    /** Edge of a picture, in pixels. */
    int size() {
        return size;
    }

    private ImageWindows of(Path folder) {
        Dataset all = Datasets.open(folder);
        Dataset dataset =
                only.map(text -> Attribute.parse("--only", text).of(all)).orElse(all);
        return new ImageWindows(Frames.read(dataset, count -> {}), window, size);
    }

    String description() {
        return "%s%s, windows of %d at %d"
                .formatted(
                        data.toAbsolutePath().normalize(),
                        only.map(text -> ", only " + text).orElse(""),
                        window,
                        size);
    }
}
