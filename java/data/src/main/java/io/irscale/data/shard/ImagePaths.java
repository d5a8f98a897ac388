package io.irscale.data.shard;

import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The paths that stand beside the bytes of images in a Parquet file. */
final class ImagePaths {
    private ImagePaths() {}

    /** What an image is called: the last part of its path, or its row where it has none. */
    static String name(String path, long row) {
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        return name.isBlank() ? "row-" + row : name;
    }

    /**
     * The image that a row without bytes names, from the folder of its file on or by an absolute path: to_parquet of an
     * imagefolder writes such.
     *
     * @throws InvalidInputException if it names none, or one that is not there
     */
    static ImageSource beside(Path file, String path, String place) {
        if (path.isBlank()) {
            throw new InvalidInputException(place + ": has no image, expected its bytes: leave the row out");
        }
        Path folder = file.toAbsolutePath().normalize().resolveSibling("");
        Path image;
        try {
            image = folder.resolve(path).normalize();
        } catch (InvalidPathException e) {
            throw new InvalidInputException("%s: \"%s\" is no path".formatted(place, Reason.line(path)), e);
        }
        if (!Files.isRegularFile(image)) {
            throw new InvalidInputException(
                    "%s: has no image bytes and names %s, which is not a file: write the bytes into the table"
                            .formatted(place, Reason.line(path)));
        }
        return ImageSource.of(image.startsWith(folder) ? file.resolveSibling(folder.relativize(image)) : image);
    }
}
