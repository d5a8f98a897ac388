package io.irscale.data.shard;

import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.LayerKind;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.reader.Validity;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The images of one row group of a Parquet file.
 *
 * @param file the file
 * @param leaf which of its primitive columns holds the bytes
 * @param firstRow index in the file of the group's first row
 * @param rows how many
 * @param middle a position in the file that no other group has in its middle
 * @param size bytes of all its images, as the file says
 */
record RowGroupImages(Path file, int leaf, long firstRow, long rows, long middle, long size) {
    // Images are large: few at once.
    private static final int BATCH = 16;

    /** What is done with each. */
    @FunctionalInterface
    interface Each {
        /**
         * Takes one.
         *
         * @param row index in the file
         * @return whether to go on
         */
        boolean take(long row, byte @Nullable [] image);
    }

    /**
     * Reads them in order.
     *
     * @throws InvalidInputException if the file cannot be read
     */
    void forEach(Each each) {
        try (ParquetFileReader reader = ParquetFiles.open(file);
                ColumnReader column = reader.buildColumnReader(leaf)
                        .filter(RowGroupPredicate.byteRange(middle, middle + 1))
                        .batchSize(BATCH)
                        .build()) {
            long row = firstRow;
            while (row < firstRow + rows && column.nextBatch()) {
                byte @Nullable [][] images = column.getBinaries();
                Validity held = column.getLayerCount() > 0 && column.getLayerKind(0) == LayerKind.STRUCT
                        ? column.getLayerValidity(0)
                        : Validity.NO_NULLS;
                // A row without the structure has no place among the images.
                int next = 0;
                for (int i = 0; i < column.getRecordCount(); i++) {
                    if (!each.take(row++, held.isNull(i) ? null : images[next++])) {
                        return;
                    }
                }
            }
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException | VirtualMachineError e) {
            throw Damage.of(file.toString(), " as Parquet", e);
        }
    }
}
