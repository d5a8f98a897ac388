package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A file of a data set.
 *
 * @param path where it lies, as the data set's folder was named
 * @param name its path from that folder down, with slashes on every system
 */
record Item(Path path, String name) {
    /** The name of the file alone. */
    String file() {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** What the file's name says before its ending. */
    String stem() {
        String file = file();
        int dot = file.lastIndexOf('.');
        return dot < 0 ? file : file.substring(0, dot);
    }

    /** What the file's name ends in, {@code .png}, in small letters; empty if it has no dot. */
    String ending() {
        String file = file();
        int dot = file.lastIndexOf('.');
        return dot < 0 ? "" : file.substring(dot).toLowerCase(Locale.ROOT);
    }

    /** The folder it lies in, as {@link #name}; empty for the data set's own. */
    String folder() {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    /** The names of the folders it lies in, from the data set's down; none for the data set's own. */
    List<String> folders() {
        return folder().isEmpty() ? List.of() : List.of(folder().split("/"));
    }

    /** The whole path with slashes: the folder that was given may be an inner one of a known data set. */
    String full() {
        return path.toAbsolutePath().normalize().toString().replace('\\', '/');
    }
}
