package io.irscale.data.shard;

import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images around the last one that was read from a dataset's Parquet files: in order, each is decompressed once. One
 * window serves all files of a dataset, so that memory does not grow with them. A row group that is larger than the window
 * is read from its start again for each window's worth.
 */
public final class ImageWindow {
    /** Of a dataset that is read as usual: row groups of the datasets library have 100 MB. */
    public static final long BYTES = 1L << 27;

    private final long most;
    private final List<byte @Nullable []> images = new ArrayList<>();
    private @Nullable RowGroupImages group;
    private long first;
    private long held;

    /**
     * An empty one.
     *
     * @param most bytes of images that it keeps, or a single larger one
     */
    public ImageWindow(long most) {
        this.most = most;
    }

    /** The image of a row. */
    synchronized byte[] image(RowGroupImages wanted, long row) {
        if (!wanted.equals(group) || row < first || row >= first + images.size()) {
            fill(wanted, row);
        }
        byte[] image = row < first + images.size() ? images.get((int) (row - first)) : null;
        if (image == null) {
            throw new InvalidInputException(
                    "%s row %d: has no image: the file is damaged or changed after it was opened"
                            .formatted(wanted.file(), row));
        }
        return image.clone();
    }

    private void fill(RowGroupImages wanted, long row) {
        group = null;
        restart(wanted.size() <= most ? wanted.firstRow() : row);
        wanted.forEach((at, image) -> {
            if (at < first) {
                return true;
            }
            if (held > most) {
                restart(at);
            }
            images.add(image);
            held += image == null ? 0 : image.length;
            return at < row || held <= most;
        });
        group = wanted;
    }

    private void restart(long row) {
        images.clear();
        first = row;
        held = 0;
    }
}
