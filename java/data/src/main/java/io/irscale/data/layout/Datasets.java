package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens data sets. */
public final class Datasets {
    // The most particular first: images in files of their own would take every folder.
    private static final List<Layout> LAYOUTS = List.of(new LooseImages());

    private Datasets() {}

    /**
     * Reads a folder: images of a known data set (HIT-UAV, KAIST, FLIR ADAS v1 and v2, LLVIP, MSRS, M3FD) or anybody's, with
     * the captions and boxes that lie beside them. Images are in the order of their paths, and are listed and not opened:
     * {@link io.irscale.data.Inspection} does that; labels of YOLO alone need their sizes. Nothing outside of the folder is
     * read but what links and metadata lead to.
     *
     * @throws InvalidInputException if it is no folder, has no images, or its annotations cannot be read or name images
     *     that are not there
     */
    public static Dataset open(Path folder) {
        return LAYOUTS.stream()
                .filter(layout -> layout.fits(folder))
                .findFirst()
                .map(layout -> layout.read(folder))
                .orElseThrow(() -> new InvalidInputException(folder
                        + (Files.exists(folder)
                                ? ": is a file, expected the folder of a data set"
                                : ": is not a folder")));
    }
}
