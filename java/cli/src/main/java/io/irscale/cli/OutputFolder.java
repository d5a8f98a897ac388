package io.irscale.cli;

import io.irscale.GenerateRequest;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where a run writes, and the names it uses there. */
final class OutputFolder implements AutoCloseable {
    private static final String REPORT = "run.json";

    private final Path folder;
    private final List<Path> made;
    private final int prompts;

    private OutputFolder(Path folder, List<Path> made, int prompts) {
        this.folder = folder;
        this.made = made;
        this.prompts = prompts;
    }

    /**
     * Makes the folder and finds out whether it can be written to.
     *
     * @throws InvalidInputException if it cannot, or holds files that the run would write and {@code overwrite} is not
     *     set; nothing is changed then
     */
    static OutputFolder open(Path folder, List<GenerateRequest> requests, boolean overwrite) {
        OutputFolder output = new OutputFolder(folder, missing(folder), requests.size());
        output.requireFree(requests, overwrite);
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".irscale-", ".tmp"));
            if (overwrite) {
                Files.deleteIfExists(output.report()); // until the run ends it would describe other images
            }
            return output;
        } catch (IOException e) {
            output.close();
            throw new InvalidInputException("--out " + folder + ": cannot be written to (" + reason(e) + ")", e);
        }
    }

    /** The image of one prompt's candidate. */
    Path image(int prompt, long seed) {
        return folder.resolve("%03d-seed%d.png".formatted(prompt, seed));
    }

    /** The contact sheet of one prompt. */
    Path sheet(int prompt) {
        return folder.resolve(prompts == 1 ? "contact-sheet.png" : "%03d-contact-sheet.png".formatted(prompt));
    }

    /** What the run did. */
    Path report() {
        return folder.resolve(REPORT);
    }

    /** The folder. */
    Path path() {
        return folder;
    }

    /** Takes away folders that were made and hold nothing. */
    @Override
    public void close() {
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                return; // it holds something: that is its purpose
            }
        }
    }

    private void requireFree(List<GenerateRequest> requests, boolean overwrite) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InvalidInputException("--out " + folder + ": is a file, expected a folder");
        }
        names(requests).filter(Files::exists).findFirst().ifPresent(file -> {
            if (!overwrite) {
                throw new InvalidInputException(file + ": is there already; add --overwrite, or give another --out");
            }
        });
        names(requests).filter(Files::isDirectory).findFirst().ifPresent(file -> {
            throw new InvalidInputException(file + ": is a folder, and a file of that name shall be written");
        });
    }

    private Stream<Path> names(List<GenerateRequest> requests) {
        List<Path> names = new ArrayList<>(List.of(report()));
        for (int prompt = 0; prompt < requests.size(); prompt++) {
            GenerateRequest request = requests.get(prompt);
            names.add(sheet(prompt));
            for (int i = 0; i < request.candidates(); i++) {
                names.add(image(prompt, request.seed() + i));
            }
        }
        return names.stream();
    }

    /** The folders that have to be made, innermost first. */
    private static List<Path> missing(Path folder) {
        return Stream.iterate(folder.toAbsolutePath().normalize(), path -> path != null, Path::getParent)
                .filter(path -> !Files.exists(path))
                .toList();
    }

    private static String reason(IOException e) {
        String told = e instanceof FileSystemException fileSystem ? fileSystem.getReason() : e.getMessage();
        return told == null ? e.getClass().getSimpleName() : told;
    }
}
