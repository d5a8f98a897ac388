package io.irscale.cli.evaluate;

import io.irscale.cli.Attribute;
import io.irscale.cli.FileDigest;
import io.irscale.cli.ImageSet;
import io.irscale.data.Dataset;
import io.irscale.data.ImageFiles;
import io.irscale.data.Sample;
import io.irscale.data.image.RangeChoice;
import io.irscale.data.image.Scaling;
import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.NpzStatistics;
import io.irscale.evaluate.Rows;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The real images: in a folder, or as statistics that were kept. */
sealed interface Reference {
    /** Where they are. */
    Path path();

    /** Which counts are black and white in them, for images that are compared with them. */
    default Optional<RangeChoice> choice() {
        return Optional.empty();
    }

    /** The counts that are black and white in all of them, if they are known. */
    default Optional<CountRange> range() {
        return Optional.empty();
    }

    /** How many images are compared with, where that is known before statistics are read. */
    OptionalInt known();

    /**
     * Images.
     *
     * @param path the folder
     * @param layout its name
     * @param samples those that are looked at
     * @param scaling what makes their samples values in [0, 1]
     */
    record Images(Path path, String layout, List<Sample> samples, Scaling scaling) implements Reference {
        @Override
        public Optional<RangeChoice> choice() {
            return scaling.choice();
        }

        @Override
        public Optional<CountRange> range() {
            return scaling.range();
        }

        @Override
        public OptionalInt known() {
            return OptionalInt.of(samples.size());
        }

        ImageFiles files() {
            return ImageFiles.of(samples.stream().map(Sample::image).toList(), scaling);
        }

        /** Frames of one video are no independent samples: they are drawn together. */
        Groups groups() {
            List<String> videos = samples.stream().map(Sample::group).toList();
            return videos.stream().distinct().count() > 1 ? Groups.by(videos) : Groups.single(videos.size());
        }

        /** The same words for the same images and no others: what statistics are kept under. */
        String identity() {
            MessageDigest digest = FileDigest.sha256();
            for (Sample sample : samples) {
                digest.update(FileDigest.sha256(sample.image().bytes()).getBytes(StandardCharsets.US_ASCII));
            }
            String range = scaling.equals(Scaling.pictures()) ? "" : ", range " + scaling;
            return "%s, %d images, sha256 %s%s"
                    .formatted(layout, samples.size(), HexFormat.of().formatHex(digest.digest()), range);
        }
    }

    /**
     * Statistics of one encoder.
     *
     * @param path the safetensors file
     * @param count images to draw of them; empty for all
     */
    record Statistics(Path path, OptionalInt count) implements Reference {
        @Override
        public OptionalInt known() {
            return count;
        }
    }

    /**
     * Statistics that another program kept.
     *
     * @param path the {@code .npz}
     * @param statistics what it holds
     * @param count images to draw of them; empty for all
     */
    record Npz(Path path, NpzStatistics statistics, OptionalInt count) implements Reference {
        /** @throws InvalidInputException if there are not so many images in them */
        public Npz {
            if (count.isPresent() && statistics.images().isEmpty()) {
                throw new InvalidInputException(
                        "--real-count %d: %s holds mu and sigma, of which no images can be drawn"
                                .formatted(count.getAsInt(), path));
            }
            requireCount(path, count, statistics.images().orElse(1));
        }

        @Override
        public OptionalInt known() {
            return count.isPresent() ? count : statistics.images();
        }
    }

    /**
     * Looks at what the user named.
     *
     * @param count images to draw; empty for all
     * @param only which of the images are taken; empty for all
     * @param range which counts shall be black and white; empty for pictures
     * @param err where it is told what was chosen
     */
    static Reference open(
            Path path,
            OptionalInt count,
            long seed,
            Optional<Attribute> only,
            Optional<RangeChoice> range,
            PrintWriter err) {
        if (Files.isRegularFile(path) && path.toString().endsWith(".safetensors")) {
            return new Statistics(path, count);
        }
        if (Files.isRegularFile(path) && path.toString().endsWith(".npz")) {
            return new Npz(path, NpzStatistics.open(path), count);
        }
        if (Files.notExists(path)) {
            throw new InvalidInputException(
                    "--real %s: is not there; expected a data set, or statistics in *.safetensors or *.npz"
                            .formatted(path));
        }
        ImageSet set = ImageSet.open(path, range, err);
        Dataset dataset = only.map(attribute -> attribute.of(set.dataset())).orElse(set.dataset());
        List<Sample> all = dataset.samples();
        requireCount(path, count, all.size());
        List<Sample> drawn = count.isEmpty()
                ? all
                : Arrays.stream(Rows.sample(all.size(), count.getAsInt(), seed))
                        .mapToObj(all::get)
                        .toList();
        return new Images(path, dataset.name(), drawn, set.scaling());
    }

    private static void requireCount(Path path, OptionalInt count, int most) {
        if (count.orElse(1) > most || count.orElse(1) < 1) {
            throw new InvalidInputException(
                    "--real-count %d: expected 1 to %d, the images in %s".formatted(count.getAsInt(), most, path));
        }
    }
}
