package io.irscale.data.layout;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Lists folders in the order of names, which file systems do not keep. */
final class Folders {
    /** What the names of images end in. */
    static final String ENDINGS = "*.png, *.jpg, *.jpeg, *.tif or *.tiff";

    private Folders() {}

    /** The folders in a folder. */
    static List<Path> in(Path folder) {
        return list(folder).stream().filter(Files::isDirectory).toList();
    }

    /** The images in a folder, but not those of folders in it. */
    static List<Path> images(Path folder) {
        return list(folder).stream().filter(Folders::isImage).toList();
    }

    /** The images anywhere under a folder. */
    static List<Path> imagesUnder(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Folders::isImage)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(folder, e);
        }
    }

    static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Stream.of(".png", ".jpg", ".jpeg", ".tif", ".tiff").anyMatch(name::endsWith);
    }

    /** What a file's name says before its ending. */
    static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /**
     * The name of a group that is a file or folder in a dataset's folder: from that folder down, so that it is the same
     * wherever the dataset lies.
     */
    static String group(Path dataset, Path inside) {
        Path name = dataset.toAbsolutePath().normalize().getFileName();
        return name + "/" + dataset.relativize(inside);
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /** That a folder cannot be listed. */
    static InvalidInputException unreadable(Path folder, Exception e) {
        return new InvalidInputException(folder + ": cannot be read as a folder: " + e, e);
    }
}
