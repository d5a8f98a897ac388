package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import io.irscale.file.FolderLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a run writes, and no other one at the same time. */
public final class OutputFolder implements AutoCloseable {
    private final Path folder;
    private final List<Path> made;
    private final List<String> reports;
    private final boolean overwrite;
    private @Nullable FolderLock lock;

    private OutputFolder(Path folder, List<String> reports, boolean overwrite) {
        this.folder = folder;
        this.made = missing(folder);
        this.reports = reports;
        this.overwrite = overwrite;
    }

    /**
     * Makes the folder, locks it and finds out whether it can be written to.
     *
     * @param ours tells the names of images that the run may write
     * @param reports files that it writes at its end
     * @throws InvalidInputException if it cannot, another run writes to it, or it holds such files, {@code overwrite} is not
     *     set and they are not of an unfinished run, see {@link RunManifest}; nothing is changed then
     */
    public static OutputFolder open(Path folder, Predicate<String> ours, List<String> reports, boolean overwrite) {
        OutputFolder output = new OutputFolder(folder, reports, overwrite);
        try {
            boolean goesOn =
                    !overwrite && reports.contains(RunJson.FILE) && Files.exists(output.file(RunManifest.FILE));
            output.requireFree(name -> reports.contains(name) || ours.test(name), overwrite || goesOn);
            Files.createDirectories(folder);
            output.lock = FolderLock.of(folder);
            return output;
        } catch (IOException | UncheckedIOException e) {
            throw output.unwritable(e);
        } catch (InvalidInputException e) {
            output.close();
            throw e;
        }
    }

    private InvalidInputException unwritable(Exception e) {
        close();
        return new InvalidInputException("--out " + folder + ": cannot be written to (" + FileReason.of(e) + ")", e);
    }

    /** Whether files of an earlier run are replaced. */
    boolean overwrites() {
        return overwrite;
    }

    /** Takes the reports of an earlier run away, whose images are about to be replaced. */
    void deleteReports() {
        for (String report : reports) {
            try {
                Files.deleteIfExists(file(report));
            } catch (IOException e) {
                throw new InvalidInputException(file(report) + ": cannot be replaced (" + FileReason.of(e) + ")", e);
            }
        }
    }

    /** The place of a file. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Gives the folder back, and takes away folders that were made and hold nothing. */
    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                return; // it holds something: that is its purpose
            }
        }
    }

    private void requireFree(Predicate<String> ours, boolean overwrite) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("--out " + folder + ": is a file, expected a folder");
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> ours.test(each.getFileName().toString()))
                    .sorted()
                    .toList()) {
                if (!overwrite) {
                    throw new InvalidInputException(
                            file + ": is there already; add --overwrite, or give another --out");
                }
                if (Files.isDirectory(file)) {
                    throw new InvalidInputException(file + ": is a folder, and a file of that name shall be written");
                }
            }
        }
    }

    /** The folders that have to be made, innermost first. */
    private static List<Path> missing(Path folder) {
        return Stream.iterate(folder.toAbsolutePath().normalize(), path -> path != null, Path::getParent)
                .filter(path -> !Files.exists(path))
                .toList();
    }
}
