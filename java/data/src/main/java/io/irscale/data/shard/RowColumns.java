package io.irscale.data.shard;

import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqStruct;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.SchemaNode;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The columns of a Parquet file that say something of its images.
 *
 * @param image the column of images, of which the path is read
 * @param names of the others that are read
 * @param left names of those that are not
 */
record RowColumns(ImageColumn image, HubInfo info, List<String> names, List<String> left) {
    private static final int MOST_DEPTH = 16;

    /** What is done with each row. */
    @FunctionalInterface
    interface Each {
        /**
         * Takes one.
         *
         * @param row index in the file
         * @param path of its image; empty where it has none
         */
        void take(long row, String path, ObjectNode values);
    }

    static RowColumns of(SchemaNode.GroupNode root, ImageColumn image, HubInfo info) {
        List<String> names = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (SchemaNode column : root.children()) {
            if (!column.name().equals(image.name())) {
                (isAddressable(column) && isText(column, 0) ? names : left).add(column.name());
            }
        }
        return new RowColumns(image, info, names, left);
    }

    /** What is not read; empty if all is. */
    Optional<String> note() {
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of("columns that are not read, being bytes, maps or of a name with a dot: "
                        + Reason.line(String.join(", ", left)));
    }

    // The reader takes a dot in a name for a step into a structure.
    private static boolean isAddressable(SchemaNode column) {
        return !column.name().isBlank() && !column.name().contains(".");
    }

    private static boolean isText(SchemaNode column, int depth) {
        return switch (column) {
            case SchemaNode.PrimitiveNode plain ->
                plain.type() != PhysicalType.FIXED_LEN_BYTE_ARRAY && !ImageColumn.isBytes(plain);
            case SchemaNode.GroupNode group ->
                depth < MOST_DEPTH
                        && (group.isList() || group.isStruct())
                        && group.children().stream().allMatch(child -> isText(child, depth + 1));
        };
    }

    /** Reads all rows in order. */
    void read(ParquetFileReader reader, Path file, long count, Each each) {
        // The dot at the end keeps the reader from taking a field of that name inside an earlier structure.
        List<String> projected =
                new ArrayList<>(names.stream().map(name -> name + ".").toList());
        boolean hasPath = image.hasPath() && !image.name().contains(".");
        if (hasPath) {
            projected.add(image.name() + ".path");
        }
        if (projected.isEmpty()) {
            for (long row = 0; row < count; row++) {
                each.take(row, "", JsonNodeFactory.instance.objectNode());
            }
            return;
        }
        try (RowReader rows = reader.buildRowReader()
                .projection(ColumnProjection.columns(projected.toArray(String[]::new)))
                .build()) {
            long row = 0;
            for (; row < count && rows.hasNext(); row++) {
                rows.next();
                each.take(row, hasPath ? path(rows.getStruct(image.name())) : "", values(rows, file + " row " + row));
            }
            if (row < count || rows.hasNext()) {
                throw new InvalidInputException("%s: claims %d rows and has %s: it is damaged"
                        .formatted(file, count, row < count ? String.valueOf(row) : "more"));
            }
        }
    }

    private static String path(PqStruct image) {
        String path = image == null ? null : image.getString("path");
        return path == null ? "" : path;
    }

    private ObjectNode values(RowReader rows, String place) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < rows.getFieldCount(); i++) {
            String name = rows.getFieldName(i);
            if (!name.equals(image.name())) {
                values.set(
                        name,
                        RowValues.of(rows.getValue(i), info.feature(name), place + " column " + Reason.line(name)));
            }
        }
        return values;
    }
}
