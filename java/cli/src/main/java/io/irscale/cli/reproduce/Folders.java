package io.irscale.cli.reproduce;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folders of a reproduction. */
final class Folders {
    private Folders() {}

    /** @throws InvalidInputException if it cannot be made */
    static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be made", e);
        }
    }
}
