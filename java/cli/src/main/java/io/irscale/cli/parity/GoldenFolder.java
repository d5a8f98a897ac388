package io.irscale.cli.parity;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder of goldens: its manifest, and its files as they are asked for. */
final class GoldenFolder implements AutoCloseable {
    static final String EXTENSION = ".safetensors";

    private final Path folder;
    private final Manifest manifest;
    private final Map<String, GoldenFile> open = new LinkedHashMap<>();

    /** @throws InvalidInputException if there is no such folder, or it has no manifest */
    GoldenFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + " is missing, expected a folder of goldens");
        }
        this.folder = folder;
        manifest = Manifest.read(folder.resolve("manifest.json"));
    }

    Manifest manifest() {
        return manifest;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** A file of this folder, or of the one above, which sets of goldens share. */
    Optional<Path> shared(String name) {
        Path above = folder.toAbsolutePath().normalize().resolveSibling(name);
        return Stream.of(path(name), above).filter(Files::isRegularFile).findFirst();
    }

    /** The tensors of {@code <name>.safetensors} in this folder. */
    GoldenFile file(String name) {
        return file(name, Optional.of(path(name + EXTENSION)).filter(Files::isRegularFile));
    }

    /** The tensors of {@code <name>.safetensors}, which may be shared. */
    GoldenFile sharedFile(String name) {
        return file(name, shared(name + EXTENSION));
    }

    private GoldenFile file(String name, Optional<Path> path) {
        Path found = path.orElseThrow(() -> new MissingGoldenException(name, GoldenFile.WHOLE));
        return open.computeIfAbsent(name, key -> new GoldenFile(key, found));
    }

    Collection<GoldenFile> opened() {
        return open.values();
    }

    /** The safetensors files of this folder, without extensions. */
    List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(EXTENSION))
                    .map(name -> name.substring(0, name.length() - EXTENSION.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidInputException(folder + " cannot be listed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        open.values().forEach(GoldenFile::close);
    }
}
