package io.irscale.data.shard;

import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RepetitionType;
import dev.hardwood.schema.SchemaNode;
import io.irscale.data.Spectrum;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The column of a Parquet file that holds the images: a structure of {@code bytes} and {@code path}, as the datasets
 * library has it, or bytes alone.
 *
 * @param name of the column
 * @param leaf which of the file's primitive columns holds the bytes
 * @param hasPath whether a path stands beside the bytes
 * @param note why it was chosen among several; empty where there is one
 */
record ImageColumn(String name, int leaf, boolean hasPath, Optional<String> note) {
    /**
     * Finds it.
     *
     * @throws InvalidInputException if there is none, or several of which not exactly one has an infrared name
     */
    static ImageColumn of(Path file, SchemaNode.GroupNode root, HubInfo info) {
        List<SchemaNode> images = root.children().stream()
                .filter(column -> bytes(column).isPresent())
                .filter(column -> column instanceof SchemaNode.GroupNode || info.is(column.name(), "Image"))
                .filter(column -> !info.is(column.name(), "Audio") && !info.is(column.name(), "Video"))
                .toList();
        boolean plain = images.isEmpty();
        if (plain) {
            images = root.children().stream()
                    .filter(column -> bytes(column).isPresent())
                    .filter(column -> column instanceof SchemaNode.PrimitiveNode)
                    .toList();
        }
        if (images.isEmpty()) {
            throw new InvalidInputException(
                    "%s: has no image column among %s; expected bytes, or {bytes, path} as to_parquet writes it (a table of file names belongs into metadata.csv)"
                            .formatted(file, Reason.line(names(root.children().stream()))));
        }
        if (images.size() == 1) {
            return of(images.getFirst(), Optional.empty());
        }
        List<String> several = images.stream().map(SchemaNode::name).toList();
        // Bytes alone may be anything: there, image says enough.
        String chosen = Spectrum.infrared(several)
                .or(() -> Optional.of("image").filter(name -> plain && several.contains(name)))
                .orElseThrow(() -> new InvalidInputException(
                        "%s: has the image columns %s and none alone has an infrared name; keep one, or name it thermal"
                                .formatted(file, Reason.line(String.join(", ", several)))));
        SchemaNode column = images.stream()
                .filter(image -> image.name().equals(chosen))
                .findFirst()
                .orElseThrow();
        return of(
                column,
                Optional.of("of the image columns %s, %s is read"
                        .formatted(Reason.line(String.join(", ", several)), Reason.line(chosen))));
    }

    private static ImageColumn of(SchemaNode column, Optional<String> note) {
        return new ImageColumn(
                column.name(),
                bytes(column).orElseThrow().columnIndex(),
                path(column).isPresent(),
                note);
    }

    private static Optional<SchemaNode.PrimitiveNode> bytes(SchemaNode column) {
        return switch (column) {
            case SchemaNode.PrimitiveNode plain when isBytes(plain) -> Optional.of(plain);
            case SchemaNode.GroupNode group
            when group.isStruct() && group.repetitionType() != RepetitionType.REPEATED ->
                child(group, "bytes").filter(ImageColumn::isBytes);
            default -> Optional.empty();
        };
    }

    private static Optional<SchemaNode.PrimitiveNode> path(SchemaNode column) {
        return column instanceof SchemaNode.GroupNode group
                ? child(group, "path").filter(path -> path.logicalType() != null)
                : Optional.empty();
    }

    /** Whether a column holds bytes that are no text. */
    static boolean isBytes(SchemaNode.PrimitiveNode column) {
        return column.type() == PhysicalType.BYTE_ARRAY
                && column.logicalType() == null
                && column.repetitionType() != RepetitionType.REPEATED;
    }

    private static Optional<SchemaNode.PrimitiveNode> child(SchemaNode.GroupNode group, String name) {
        return group.children().stream()
                .filter(SchemaNode.PrimitiveNode.class::isInstance)
                .map(SchemaNode.PrimitiveNode.class::cast)
                .filter(node -> node.name().equals(name))
                .findFirst();
    }

    private static String names(Stream<SchemaNode> columns) {
        return columns.map(column -> column instanceof SchemaNode.GroupNode group && group.isList()
                        ? column.name() + " (a list)"
                        : column.name())
                .collect(Collectors.joining(", "));
    }
}
