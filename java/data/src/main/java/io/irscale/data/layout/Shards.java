package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files with many images each, anywhere under a folder or one alone: tars of {@link TarSamples WebDataset} or
 * {@link ParquetRows Parquet} of the datasets library. Files and folders whose names begin with a dot are not looked at.
 */
final class Shards {
    private static final String LFS = "version https://git-lfs";
    private static final Pattern NUMBERED = Pattern.compile("(.+?)-\\d+-of-\\d+\\.[^.]+");
    private static final Pattern SPLIT =
            Pattern.compile("(train|training|validation|valid|val|dev|test|testing|eval|evaluation)(?![a-z]).*");

    /** Files that look like shards and are not read as they are; each with what is to be done. */
    private enum Unreadable {
        COMPRESSED("compressed tars", ".+\\.(tar\\.(gz|zst|xz|bz2|lz4)|tgz|tbz2|txz)", "decompress it"),
        ARROW(
                "Arrow files of save_to_disk",
                ".+\\.arrow",
                "load it with load_from_disk and write it with to_parquet, both of the datasets library");

        private final String kind;
        private final Pattern name;
        private final String remedy;

        Unreadable(String kind, String name, String remedy) {
            this.kind = kind;
            this.name = Pattern.compile(name);
            this.remedy = remedy;
        }
    }

    /** Whether a file is one that {@link #readFile} takes, if only to say what to do with it. */
    static boolean isShard(Path file) {
        return Files.isRegularFile(file)
                && (isTar(file)
                        || isParquet(file)
                        || Stream.of(Unreadable.values()).anyMatch(kind -> is(kind, file)));
    }

    /** Reads one file alone. */
    static Dataset readFile(Path file) {
        for (Unreadable kind : Unreadable.values()) {
            if (is(kind, file)) {
                throw new InvalidInputException("%s: is one of the %s, expected *.tar or *.parquet: %s"
                        .formatted(file, kind.kind, kind.remedy));
            }
        }
        Path folder = file.toAbsolutePath().normalize().resolveSibling("");
        return readAll(folder, List.of(file));
    }

    // All of one kind.
    private static Dataset readAll(Path folder, List<Path> shards) {
        shards.forEach(Shards::requireContent);
        return isTar(shards.getFirst()) ? TarSamples.read(folder, shards) : ParquetRows.read(folder, shards);
    }

    /** Whether a folder is read as shards. */
    static boolean fit(Listing listing) {
        List<Path> files = files(listing);
        // An archive without a number beside images is what they came in.
        return files.stream().anyMatch(file -> isParquet(file) || (isTar(file) && isNumbered(file)))
                || (listing.images().isEmpty() && files.stream().anyMatch(Shards::isShard));
    }

    /** Reads a folder that they {@link #fit}. */
    static Dataset read(Listing listing) {
        Path folder = listing.folder();
        List<Path> files = files(listing);
        List<Path> tars = files.stream().filter(Shards::isTar).toList();
        List<Path> tables = files.stream().filter(Shards::isParquet).toList();
        if (!tars.isEmpty() && !tables.isEmpty()) {
            throw new InvalidInputException(
                    "%s: holds %s and %s, expected shards of one kind: name one of their folders"
                            .formatted(
                                    folder, folder.relativize(tars.getFirst()), folder.relativize(tables.getFirst())));
        }
        if (tars.isEmpty() && tables.isEmpty()) {
            return readFile(files.stream().filter(Shards::isShard).findFirst().orElseThrow());
        }
        Dataset dataset = readAll(folder, tars.isEmpty() ? tables : tars);
        // A table may name images beside it.
        Set<Path> read =
                dataset.samples().stream().map(sample -> sample.image().file()).collect(Collectors.toSet());
        List<String> notes = new ArrayList<>(dataset.notes());
        List<Path> images = listing.images().stream().map(Item::path).toList();
        note(notes, folder, images, file -> !read.contains(file), "images");
        for (Unreadable kind : Unreadable.values()) {
            note(notes, folder, files, file -> is(kind, file), kind.kind);
        }
        return new Dataset(dataset.name(), dataset.source(), dataset.template(), dataset.samples(), notes);
    }

    private static void note(List<String> notes, Path folder, List<Path> files, Predicate<Path> which, String what) {
        List<Path> found = files.stream().filter(which).toList();
        if (!found.isEmpty()) {
            notes.add("left out beside the shards: %s, %d, such as %s"
                    .formatted(what, found.size(), folder.relativize(found.getFirst())));
        }
    }

    /**
     * The split that a shard is of, from its name ({@code train-00000-of-00002.parquet}, {@code test-000000.tar}) or else
     * its folder's; empty where neither says.
     */
    static String split(Path shard) {
        String name = shard.getFileName().toString();
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            return numbered.group(1);
        }
        Path folder = shard.toAbsolutePath().normalize().resolveSibling("");
        for (String said : List.of(name, String.valueOf(folder.getFileName()))) {
            Matcher split = SPLIT.matcher(said.toLowerCase(Locale.ROOT));
            if (split.matches()) {
                return split.group(1);
            }
        }
        return "";
    }

    /**
     * A sample of a shard, a group of its own unless its metadata names a video.
     *
     * @param folder from which on shards are named in groups
     * @param key the sample's in its shard
     * @param caption its own; empty where it has none
     * @param more attributes besides the split's and the metadata's
     */
    static Sample sample(
            Path folder,
            Path shard,
            String key,
            ImageSource image,
            Optional<String> caption,
            MetadataRow row,
            Map<String, String> more) {
        Map<String, String> attributes = new LinkedHashMap<>();
        String split = split(shard);
        if (!split.isEmpty()) {
            attributes.put("split", split);
        }
        attributes.putAll(row.attributes());
        attributes.putAll(more);
        return new Sample(
                image, caption, row.boxes(), row.group().orElseGet(() -> group(folder, shard) + "/" + key), attributes);
    }

    private static String group(Path folder, Path shard) {
        Path root = folder.toAbsolutePath().normalize();
        return Folders.group(
                folder,
                root.relativize(shard.toAbsolutePath().normalize()).toString().replace('\\', '/'));
    }

    private static List<Path> files(Listing listing) {
        return Stream.concat(listing.images().stream(), listing.others().stream())
                .map(Item::path)
                .toList();
    }

    // What a clone without Git LFS has in the place of each large file.
    private static void requireContent(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            if (new String(bytes.readNBytes(LFS.length()), StandardCharsets.ISO_8859_1).equals(LFS)) {
                throw new InvalidInputException(file + ": is a Git LFS pointer, expected the file: run git lfs pull");
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    // As WebDataset's writer names them: train-000000.tar.
    private static boolean isNumbered(Path file) {
        return name(file).matches("(.*[^\\d])?\\d{3,}\\.tar");
    }

    private static boolean isTar(Path file) {
        return endsWith(file, ".tar");
    }

    private static boolean isParquet(Path file) {
        return endsWith(file, ".parquet");
    }

    private static boolean is(Unreadable kind, Path file) {
        return kind.name.matcher(name(file)).matches();
    }

    private static boolean endsWith(Path file, String ending) {
        return name(file).endsWith(ending);
    }

    private static String name(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }
}
