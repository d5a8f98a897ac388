package io.irscale.cli;

import io.irscale.data.Captions;
import io.irscale.data.Dataset;
import io.irscale.data.Inspection;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageFile;
import io.irscale.data.image.ImageSource;
import io.irscale.data.image.RangeChoice;
import io.irscale.data.layout.Datasets;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code check} says of a data set: layout, images, counts, captions, boxes, and what was left out. */
final class DatasetCheck {
    private static final List<String> WEIGHTS =
            List.of(".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".sft", ".spm", ".model");
    private static final List<String> MODEL_FILES =
            List.of("model_index.json", "config.json", "tokenizer.json", "vocab.json", "transformer");
    private static final int MOST_FAULTS = 20;

    private final CheckLines lines;
    private final boolean captions;
    private final Optional<RangeChoice> range;
    private final PrintWriter err;

    /**
     * A check.
     *
     * @param captions whether each image's caption is printed
     * @param range which counts shall be black and white; empty for pictures
     * @param err where progress is told
     */
    DatasetCheck(CheckLines lines, boolean captions, Optional<RangeChoice> range, PrintWriter err) {
        this.lines = lines;
        this.captions = captions;
        this.range = range;
        this.err = err;
    }

    /** Whether a path is of images and not of a model, whose folder may hold pictures as well. */
    static boolean fits(Path path) {
        return Files.exists(path) && !holdsModel(path) && (isImage(path) || Datasets.isOne(path));
    }

    private static boolean isImage(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream bytes = Files.newInputStream(path)) {
            return ImageFile.isOne(bytes.readNBytes(Long.BYTES));
        } catch (IOException e) {
            return false; // told by whoever reads it
        }
    }

    /** One image alone is a data set of one. */
    private static Dataset open(Path path) {
        if (!isImage(path)) {
            return Datasets.open(path);
        }
        Sample image = new Sample(ImageSource.of(path), Optional.empty(), Optional.empty(), path.toString(), Map.of());
        return new Dataset("an image by itself", "terms not stated", "an infrared photo", List.of(image), List.of());
    }

    private static boolean holdsModel(Path path) {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString().toLowerCase(Locale.ROOT))
                    .anyMatch(name ->
                            MODEL_FILES.contains(name) || WEIGHTS.stream().anyMatch(name::endsWith));
        } catch (IOException e) {
            throw new InvalidInputException(path + ": cannot be read as a folder", e);
        }
    }

    /** Prints it; returns whether all of it can be used. */
    boolean print(Path path) {
        Dataset dataset;
        try {
            dataset = open(path);
        } catch (InvalidInputException e) {
            lines.head(path, false, "no data set that can be used");
            lines.line("problem", String.valueOf(e.getMessage()));
            return false;
        }
        Inspection found = inspect(path, dataset);
        boolean usable = found.faults().isEmpty();
        lines.head(
                path,
                usable,
                "%s, %,d %s"
                        .formatted(
                                dataset.name(),
                                dataset.samples().size(),
                                dataset.samples().size() == 1 ? "image" : "images"));
        if (usable) {
            lines.line("use", "--data, --validation, --real, --generated");
        }
        lines.line("source", dataset.source());
        lines.line("pixels", counted(found.types()) + "; " + counted(found.sizes()));
        found.countsFound().ifPresent(counts -> lines.line("counts", counts + ", as --range takes them"));
        lines.line("captions", captions(dataset, found));
        lines.line("boxes", boxes(dataset, found));
        lines.line("groups", "%,d, such as videos".formatted(dataset.groups().size()));
        found.notes().forEach(note -> lines.line("note", note));
        found.faults().stream().limit(MOST_FAULTS).forEach(fault -> lines.line("problem", fault));
        if (found.faults().size() > MOST_FAULTS) {
            lines.line("problem", "and %,d more".formatted(found.faults().size() - MOST_FAULTS));
        }
        if (captions) {
            printCaptions(dataset);
        }
        return usable;
    }

    private Inspection inspect(Path path, Dataset dataset) {
        try (ProgressView progress = ProgressView.ofLooks(err, dataset.samples().size())) {
            return Inspection.of(path.toString(), dataset, range, done -> progress.reached(done, Double.NaN));
        }
    }

    private static String boxes(Dataset dataset, Inspection found) {
        int unknown = dataset.samples().size() - found.boxed();
        return found.boxed() == 0
                ? "none"
                : "%,d in %,d images".formatted(found.boxes(), found.boxed())
                        + (unknown == 0 ? "" : "; of %,d images nothing is known".formatted(unknown));
    }

    private static String captions(Dataset dataset, Inspection found) {
        int without = dataset.samples().size() - found.written() - found.templated();
        return Stream.of(
                        found.written() == 0 ? "" : "%,d written with the images".formatted(found.written()),
                        found.templated() == 0
                                ? ""
                                : "%,d by the template \"%s\"".formatted(found.templated(), dataset.template()),
                        without == 0 ? "" : "%,d images have none".formatted(without))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }

    // What a training on whole frames sees.
    private void printCaptions(Dataset dataset) {
        for (Sample sample : Captions.of(dataset.template()).complete(dataset).samples()) {
            lines.plain(OneLine.of(sample.image().toString()) + "\t"
                    + OneLine.of(sample.caption().orElse("(no caption)")));
        }
    }

    private static String counted(Map<String, Integer> kinds) {
        return kinds.isEmpty()
                ? "none"
                : kinds.entrySet().stream()
                        .map(kind -> "%,d of %s".formatted(kind.getValue(), kind.getKey()))
                        .collect(Collectors.joining(", "));
    }
}
