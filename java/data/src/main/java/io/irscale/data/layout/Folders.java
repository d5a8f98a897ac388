package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the names of files and folders mean. */
final class Folders {
    /** What the names of images end in. */
    static final String ENDINGS = "*.png, *.jpg, *.jpeg, *.tif, *.tiff or *.bmp";

    private static final Set<String> IMAGES = Set.of(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp");
    private static final Set<String> OTHERS = Set.of(
            ".webp", ".gif", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jls", ".pgm", ".ppm", ".pnm", ".exr",
            ".hdr", ".dng", ".fits", ".fit", ".npy", ".npz", ".raw", ".seq", ".csq", ".ats", ".sfmov", ".tar", ".tgz",
            ".zip", ".7z", ".rar");
    private static final Set<String> SPLITS =
            Set.of("train", "training", "val", "valid", "validation", "test", "testing");
    private static final Set<String> SYSTEM = Set.of("__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found");

    private Folders() {}

    static boolean isImage(Item file) {
        return IMAGES.contains(file.ending());
    }

    /** Whether a name is that of an image, or an archive of such, in a form that is not read. */
    static boolean isOtherImage(Item file) {
        return OTHERS.contains(file.ending());
    }

    /** Whether a file or folder is one that programs and systems keep for themselves. */
    static boolean isHidden(String name) {
        return name.startsWith(".") || SYSTEM.contains(name);
    }

    /** The last of the folders that is named as a part to train or test on. */
    static Optional<String> split(List<String> folders) {
        return folders.reversed().stream()
                .map(folder -> folder.toLowerCase(Locale.ROOT))
                .filter(SPLITS::contains)
                .findFirst();
    }

    /**
     * The name of a group that is a file or folder in a dataset's folder: from that folder down, so that it is the same
     * wherever the dataset lies.
     */
    static String group(Path dataset, String inside) {
        return dataset.toAbsolutePath().normalize().getFileName() + "/" + inside;
    }
}
