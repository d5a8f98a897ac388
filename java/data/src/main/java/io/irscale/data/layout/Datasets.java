package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens data sets. */
public final class Datasets {
    private Datasets() {}

    /** Whether a path is of images: a shard, or a folder with images or shards in it, also such as are not read. */
    public static boolean isOne(Path path) {
        Path target = LinkFile.follow(path);
        if (!Files.isDirectory(target)) {
            return Shards.isShard(target);
        }
        Listing listing = Walk.of(target);
        return Shards.fit(listing)
                || !listing.images().isEmpty()
                || listing.others().stream().anyMatch(Folders::isOtherImage);
    }

    /**
     * Reads shards, WebDataset tars or Parquet files, in a folder or one alone, or else a folder of images: those of a known
     * data set (HIT-UAV, KAIST, FLIR ADAS v1 and v2, LLVIP, MSRS, M3FD) or anybody's, with the captions and boxes that lie
     * beside them. Images in files are in the order of their paths, and are listed and not opened:
     * {@link io.irscale.data.Inspection} does that; labels of YOLO alone need their sizes. Nothing outside of the folder is
     * read but what links and metadata lead to.
     *
     * @throws InvalidInputException if it is no folder, has no images, or its annotations cannot be read or name images
     *     that are not there
     */
    public static Dataset open(Path folder) {
        Path target = LinkFile.follow(folder);
        if (!target.equals(folder)) {
            Dataset dataset = open(target);
            List<String> notes =
                    new ArrayList<>(List.of("holds %s, the name of another folder, which is read".formatted(target)));
            notes.addAll(dataset.notes());
            return new Dataset(dataset.name(), dataset.source(), dataset.template(), dataset.samples(), notes);
        }
        if (Shards.isShard(folder)) {
            return Shards.readFile(folder);
        }
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder
                    + (Files.exists(folder)
                            ? ": is a file, expected the folder of a data set, or a shard (*.tar, *.parquet)"
                            : ": is not there"));
        }
        Listing listing = Walk.of(folder);
        return Shards.fit(listing) ? Shards.read(listing) : LooseImages.read(listing);
    }
}
