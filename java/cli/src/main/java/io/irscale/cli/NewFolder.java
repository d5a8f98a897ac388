package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** A folder that comes into being as a whole: unless it is kept, closing takes away all that was written. */
final class NewFolder implements AutoCloseable {
    /** What an interruption leaves behind. */
    static final String LEFT = "nothing is left behind";

    private static final long CHUNK = 64 << 20;

    private final Path folder;
    private final Interruption interruption;
    private final Deque<Path> made = new ArrayDeque<>();

    private NewFolder(Path folder, Interruption interruption) {
        this.folder = folder;
        this.interruption = interruption;
    }

    /** @throws InvalidInputException if there is a file or a folder that is not empty, or it cannot be made */
    static NewFolder open(Path folder, Interruption interruption) {
        NewFolder opened = new NewFolder(folder.toAbsolutePath().normalize(), interruption);
        try {
            if (Files.exists(folder) && !isEmpty(folder)) {
                throw new InvalidInputException("--out " + folder + ": is not an empty folder");
            }
            opened.makeFolder(opened.folder);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw new InvalidInputException("--out " + folder + ": cannot be written to (" + FileReason.of(e) + ")", e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** The place of a new file; the folders to it are made. */
    Path place(String relative) {
        Path file = folder.resolve(relative);
        try {
            makeFolder(file.resolveSibling(""));
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be written (" + FileReason.of(e) + ")", e);
        }
        made.push(file);
        return file;
    }

    /** Copies a file, atomically. */
    void copy(Path from, String relative) {
        AtomicFile.write(place(relative), to -> {
            try (FileChannel in = FileChannel.open(from)) {
                for (long at = 0; at < in.size(); ) {
                    interruption.check(LEFT);
                    at += in.transferTo(at, CHUNK, to);
                }
            }
        });
    }

    private void makeFolder(Path path) throws IOException {
        List<Path> missing = Stream.iterate(path, each -> !Files.exists(each), Path::getParent)
                .toList();
        for (Path each : missing.reversed()) {
            Files.createDirectory(each);
            made.push(each);
        }
    }

    /** All is written. */
    void keep() {
        made.clear();
    }

    @Override
    public void close() {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // The failure that made it useless is already on its way to the user.
            }
        }
    }
}
