package io.irscale.data.shard;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.metadata.Statistics;
import dev.hardwood.reader.ParquetFileReader;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Parquet file with a column of images, as {@code Dataset.to_parquet} and {@code push_to_hub} of the datasets library
 * write it. The images stay in the file. Immutable.
 *
 * @param file the file
 * @param rows in its order
 * @param notes what was chosen and what is not read
 * @param licence as the file states it; empty where it does not
 */
public record ParquetShard(Path file, List<ParquetRow> rows, List<String> notes, Optional<String> licence) {
    private static final Set<CompressionCodec> READABLE = EnumSet.of(
            CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP, CompressionCodec.ZSTD);
    // A file's own count is a claim.
    private static final long MOST_ROWS = 10_000_000;

    /** Copies the collections. */
    public ParquetShard {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /**
     * Reads the columns of a file that are not images, and where its images lie.
     *
     * @param window through which the images are read
     * @throws InvalidInputException if it is no Parquet file, is damaged, has no image column or several, is compressed
     *     in a way that is not read, or a row has no image
     */
    public static ParquetShard read(Path file, ImageWindow window) {
        try (ParquetFileReader reader = ParquetFiles.open(file)) {
            List<RowGroup> groups = reader.getFileMetaData().rowGroups();
            HubInfo info = HubInfo.of(file, reader.getFileMetaData().keyValueMetadata());
            ImageColumn column = ImageColumn.of(file, reader.getFileSchema().getRootNode(), info);
            groups.forEach(group -> requireReadable(file, group));
            long count = rowCount(file, groups);
            List<RowGroupImages> images = images(file, groups, column.leaf());
            BitSet without = withoutBytes(groups, images);
            RowColumns columns = RowColumns.of(reader.getFileSchema().getRootNode(), column, info);
            List<ParquetRow> rows = new ArrayList<>();
            int[] group = {0};
            columns.read(reader, file, count, (index, path, values) -> {
                while (index
                        >= images.get(group[0]).firstRow()
                                + images.get(group[0]).rows()) {
                    group[0]++;
                }
                String place = file + " row " + index;
                rows.add(new ParquetRow(
                        index,
                        without.get((int) index)
                                ? ImagePaths.beside(file, path, place)
                                : new ParquetImage(window, images.get(group[0]), index, ImagePaths.name(path, index)),
                        values));
            });
            List<String> notes = new ArrayList<>();
            column.note().ifPresent(notes::add);
            columns.note().ifPresent(notes::add);
            return new ParquetShard(file, rows, notes, info.licence());
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException | VirtualMachineError e) {
            throw Damage.of(file.toString(), " as Parquet", e);
        }
    }

    private static void requireReadable(Path file, RowGroup group) {
        for (ColumnChunk chunk : group.columns()) {
            CompressionCodec codec = chunk.metaData().codec();
            if (!READABLE.contains(codec)) {
                throw new InvalidInputException(
                        "%s: is compressed with %s, expected UNCOMPRESSED, SNAPPY, GZIP or ZSTD: write it with compression=\"snappy\""
                                .formatted(file, codec == null ? "an unknown codec" : codec));
            }
        }
    }

    private static long rowCount(Path file, List<RowGroup> groups) throws IOException {
        long rows = 0;
        for (RowGroup group : groups) {
            if (group.numRows() < 0) {
                throw new InvalidInputException(
                        "%s: a row group claims %d rows: the file is damaged".formatted(file, group.numRows()));
            }
            rows = Math.addExact(rows, group.numRows());
        }
        long most = Math.min(MOST_ROWS, Files.size(file));
        if (rows > most) {
            throw new InvalidInputException("%s: claims %d rows, expected at most %d in a file of %d bytes"
                    .formatted(file, rows, most, Files.size(file)));
        }
        return rows;
    }

    private static List<RowGroupImages> images(Path file, List<RowGroup> groups, int leaf) {
        List<RowGroupImages> images = new ArrayList<>();
        long first = 0;
        for (RowGroup group : groups) {
            long bytes = group.columns().stream()
                    .mapToLong(chunk -> chunk.metaData().totalCompressedSize())
                    .sum();
            images.add(new RowGroupImages(
                    file,
                    leaf,
                    first,
                    group.numRows(),
                    group.columns().getFirst().chunkStartOffset() + bytes / 2,
                    group.columns().get(leaf).metaData().totalUncompressedSize()));
            first += group.numRows();
        }
        return images;
    }

    // Images are read for it only in groups that count nulls, or do not say that they have none.
    private static BitSet withoutBytes(List<RowGroup> groups, List<RowGroupImages> images) {
        BitSet without = new BitSet();
        for (int i = 0; i < groups.size(); i++) {
            RowGroupImages group = images.get(i);
            Statistics statistics =
                    groups.get(i).columns().get(group.leaf()).metaData().statistics();
            if (statistics == null || statistics.nullCount() == null || statistics.nullCount() > 0) {
                group.forEach((row, image) -> {
                    without.set((int) row, image == null);
                    return true;
                });
            }
        }
        return without;
    }
}
