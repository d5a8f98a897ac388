package io.irscale.data.layout;

import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code metadata.jsonl} and {@code metadata.csv} of Hugging Face's imagefolder, in any folder of a data set. A line
 * names its image by a path from the file's folder, which may not lead out of the data set, or by an absolute one. Of two files that name an image the inner one
 * counts, and JSON before CSV. Immutable.
 *
 * @param isThere whether there is a file of metadata
 * @param rows what is said of each image
 * @param outside images that lie outside of the data set's folder
 * @param notes what was not used
 */
record Metadata(boolean isThere, Map<Item, MetadataRow> rows, List<Item> outside, List<String> notes) {
    private static final String JSONL = "metadata.jsonl";
    private static final MetadataRow NOTHING =
            new MetadataRow(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    private static final String CSV = "metadata.csv";

    /** A line of a file and where it stands. */
    private record Line(JsonNode values, String place) {}

    /**
     * Reads all of a data set.
     *
     * @throws InvalidInputException if a line has no image, or one that is not there or named before
     */
    static Metadata of(Listing listing) {
        List<Item> files = listing.others().stream()
                .filter(file -> file.file().equals(JSONL) || file.file().equals(CSV))
                .sorted(Comparator.comparingInt((Item file) -> -file.folders().size())
                        .thenComparing(file -> file.file().equals(CSV))
                        .thenComparing(Item::name))
                .toList();
        Map<Item, MetadataRow> rows = new HashMap<>();
        Map<Path, Item> outside = new HashMap<>();
        List<String> notes = new ArrayList<>();
        for (Item file : files) {
            Set<Item> own = new HashSet<>();
            int again = 0;
            for (Line line : file.file().equals(CSV) ? csv(file.path()) : jsonl(file.path())) {
                Item image = image(listing, file, line, outside);
                if (!own.add(image)) {
                    throw new InvalidInputException(line.place() + ": names " + image.path() + " again");
                }
                MetadataRow row = MetadataRow.of(line.values(), line.place());
                again += rows.putIfAbsent(image, row) == null ? 0 : 1;
            }
            if (again > 0) {
                notes.add("left out: %s of %s for images that another file of metadata names"
                        .formatted(Count.of(again, "line"), file.name()));
            }
        }
        return new Metadata(
                !files.isEmpty(),
                rows,
                outside.values().stream()
                        .sorted(Comparator.comparing(Item::name))
                        .toList(),
                notes);
    }

    /** What is said of an image; nothing where no line names it. */
    MetadataRow row(Item image) {
        return rows.getOrDefault(image, NOTHING);
    }

    /** Whether a line has a caption. */
    boolean hasCaptions() {
        return rows.values().stream().anyMatch(row -> row.caption().isPresent());
    }

    private static Item image(Listing listing, Item file, Line line, Map<Path, Item> outside) {
        String named = MetadataRow.IMAGE_KEYS.stream()
                .filter(key -> line.values().path(key).isString())
                .findFirst()
                .map(key -> Json.string(line.values(), key, line.place()))
                .orElseThrow(() -> new InvalidInputException("%s: has the keys %s, expected the image under one of %s"
                        .formatted(
                                line.place(),
                                String.join(", ", line.values().propertyNames()),
                                String.join(", ", MetadataRow.IMAGE_KEYS))));
        Path from = file.path().toAbsolutePath().getParent();
        Path path = Optional.ofNullable(from)
                .flatMap(parent -> Listing.named(parent, named))
                .orElseThrow(() -> new InvalidInputException("%s: names \"%s\", which is not a file in %s"
                        .formatted(line.place(), Reason.line(named), from)));
        return listing.image(path).orElseGet(() -> {
            requireAbsolute(listing, named, path, line.place());
            return outside(listing, path, line.place(), outside);
        });
    }

    // A relative path that climbs out of the folder reads what whoever chose the folder did not choose.
    private static void requireAbsolute(Listing listing, String named, Path path, String place) {
        Path base = listing.folder().toAbsolutePath().normalize();
        if (!named.startsWith("/") && !path.normalize().startsWith(base)) {
            throw new InvalidInputException(
                    "%s: names \"%s\", which lies outside of %s; an image there must be named by its absolute path"
                            .formatted(place, Reason.line(named), listing.folder()));
        }
    }

    private static Item outside(Listing listing, Path path, String place, Map<Path, Item> outside) {
        Path base = listing.folder().toAbsolutePath().normalize();
        Item item = new Item(path, base.relativize(path.normalize()).toString().replace('\\', '/'));
        if (!Folders.isImage(item)) {
            throw new InvalidInputException("%s: names %s, expected %s".formatted(place, path, Folders.ENDINGS));
        }
        try {
            return outside.computeIfAbsent(path.toRealPath(), real -> item);
        } catch (IOException e) {
            throw new InvalidInputException("%s: %s cannot be read: %s".formatted(place, path, Reason.of(e)), e);
        }
    }

    private static List<Line> jsonl(Path file) {
        List<String> texts = TextFile.read(file, TextFile.LARGE).lines().toList();
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).isBlank()) {
                String place = file + " line " + (i + 1);
                lines.add(new Line(Json.object(texts.get(i), place), place));
            }
        }
        return lines;
    }

    private static List<Line> csv(Path file) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
                .setSkipHeaderRecord(true)
                .setIgnoreEmptyLines(true)
                .get();
        List<Line> lines = new ArrayList<>();
        try (CSVParser parser = CSVParser.parse(TextFile.read(file, TextFile.LARGE), format)) {
            for (CSVRecord record : parser) {
                String place = file + " row " + record.getRecordNumber();
                if (!record.isConsistent()) {
                    throw new InvalidInputException("%s: has %d values, expected %d as in the first line"
                            .formatted(
                                    place,
                                    record.size(),
                                    parser.getHeaderNames().size()));
                }
                ObjectNode values = JsonNodeFactory.instance.objectNode();
                parser.getHeaderNames().stream()
                        .filter(name -> !record.get(name).isEmpty())
                        .forEach(name -> values.put(name, record.get(name)));
                lines.add(new Line(values, place));
            }
            return lines;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new InvalidInputException("%s: is not valid CSV: %s".formatted(file, Reason.of(e)), e);
        }
    }
}
