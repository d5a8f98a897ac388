package io.irscale.data.shard;

import io.irscale.data.image.ImageSource;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An image in a row of a Parquet file. Immutable; its window is not part of what it is. */
final class ParquetImage implements ImageSource {
    private final ImageWindow window;
    private final RowGroupImages group;
    private final long row;
    private final String name;

    ParquetImage(ImageWindow window, RowGroupImages group, long row, String name) {
        this.window = window;
        this.group = group;
        this.row = row;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Path file() {
        return group.file();
    }

    @Override
    public String identity() {
        return file().toAbsolutePath().normalize() + " row " + row;
    }

    @Override
    public byte[] bytes() {
        return window.image(group, row);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ParquetImage image && group.equals(image.group) && row == image.row;
    }

    @Override
    public int hashCode() {
        return Objects.hash(group, row);
    }

    @Override
    public String toString() {
        return file() + " row " + row;
    }
}
