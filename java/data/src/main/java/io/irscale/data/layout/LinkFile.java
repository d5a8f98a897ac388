package io.irscale.data.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A link to a folder as git and GitHub's archives write it where there are no links: a file that holds its target's path. */
final class LinkFile {
    private static final long LONGEST = 4096;
    private static final int MOST = 8;

    private LinkFile() {}

    /** The folder that a file leads to; the same path where it leads to none. */
    static Path follow(Path file) {
        Path at = file;
        for (int i = 0; i < MOST && Files.isRegularFile(at); i++) {
            at = target(at);
        }
        return Files.isDirectory(at) ? at : file;
    }

    private static Path target(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                return file;
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            return text.isEmpty() || text.contains("\n") ? file : file.resolveSibling(text);
        } catch (IOException | InvalidPathException e) {
            return file;
        }
    }
}
