package io.irscale.data.shard;

import io.irscale.data.image.ImageSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of a Parquet file.
 *
 * @param index from 0, as the datasets library counts
 * @param image in the file, or in one of its own beside it
 * @param values the other columns by name
 */
public record ParquetRow(long index, ImageSource image, ObjectNode values) {}
