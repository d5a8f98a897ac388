package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens data sets. */
public final class Datasets {
    // Shards before images beside them, then the most particular first: a plain folder would take them all.
    private static final List<Layout> LAYOUTS = List.of(
            new Shards(), new HitUav(), new ImageFolder(), new Kaist(), new FlirAdas(), new Llvip(), new PlainFolder());

    private Datasets() {}

    /**
     * Reads a folder in the first layout that it fits: shards, HIT-UAV, imagefolder, KAIST, FLIR ADAS v2, LLVIP, plain.
     * A tar or a Parquet file is read alone. Image files are listed and not opened: {@link io.irscale.data.Inspection} does that.
     *
     * @throws InvalidInputException if it is no folder, has no images, or its annotations cannot be read or name images
     *     that are not there
     */
    public static Dataset open(Path folder) {
        if (Shards.isShard(folder)) {
            return Shards.readFile(folder);
        }
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + ": is not a folder");
        }
        return LAYOUTS.stream()
                .filter(layout -> layout.fits(folder))
                .findFirst()
                .map(layout -> layout.read(folder))
                .orElseThrow(() -> new InvalidInputException(
                        folder + ": holds no %s in any known layout".formatted(Folders.ENDINGS)));
    }
}
