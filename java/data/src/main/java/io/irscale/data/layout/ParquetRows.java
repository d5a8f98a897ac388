package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.shard.ImageWindow;
import io.irscale.data.shard.ParquetRow;
import io.irscale.data.shard.ParquetShard;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rows of Parquet files as samples: one column holds the image and the others are a line of metadata. A row is a group of
 * its own unless it names a video.
 */
final class ParquetRows {
    private ParquetRows() {}

    /**
     * Reads Parquet files.
     *
     * @param folder from which on they are named in groups
     */
    static Dataset read(Path folder, List<Path> files) {
        ImageWindow window = new ImageWindow(ImageWindow.BYTES);
        List<Sample> samples = new ArrayList<>();
        Set<String> notes = new LinkedHashSet<>();
        Set<String> licences = new TreeSet<>();
        for (Path file : files) {
            ParquetShard shard = ParquetShard.read(file, window);
            shard.rows().forEach(row -> samples.add(sample(folder, file, row)));
            notes.addAll(shard.notes());
            shard.licence().ifPresent(licences::add);
        }
        if (samples.isEmpty()) {
            throw new InvalidInputException(files.getFirst() + ": has 0 rows, expected at least 1");
        }
        return new Dataset(
                "Parquet shards",
                "%s: %s"
                        .formatted(
                                files.size() == 1 ? files.getFirst() : folder,
                                licences.isEmpty() ? "terms not stated" : String.join(", ", licences)),
                "an infrared photo{objects}",
                samples,
                List.copyOf(notes));
    }

    private static Sample sample(Path folder, Path file, ParquetRow row) {
        MetadataRow line = MetadataRow.of(row.values(), file + " row " + row.index());
        return Shards.sample(folder, file, Long.toString(row.index()), row.image(), line.caption(), line, Map.of());
    }
}
