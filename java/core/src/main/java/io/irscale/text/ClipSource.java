package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a CLIP comes from.
 *
 * @param path a folder, or a file of weights: {@code *.safetensors}, {@code *.bin}, {@code *.pt} or {@code *.pth}
 * @param activation asked for, where no configuration lies there that tells it
 */
public record ClipSource(Path path, Optional<ClipActivation> activation) {
    /** A CLIP with a configuration. */
    public static ClipSource of(Path path) {
        return new ClipSource(path, Optional.empty());
    }

    /**
     * Reads {@code PATH}, {@code PATH#gelu} or {@code PATH#quick-gelu}; a file that has such a name as a whole is meant
     * itself.
     *
     * @throws InvalidInputException for another activation
     */
    public static ClipSource parse(String text) {
        int at = text.lastIndexOf('#');
        if (at < 0 || Files.exists(Path.of(text)) || Files.notExists(Path.of(text.substring(0, at)))) {
            return of(Path.of(text));
        }
        String label = text.substring(at + 1);
        ClipActivation activation = ClipActivation.named(label)
                .orElseThrow(() -> new InvalidInputException(
                        text + ": activation is '" + label + "', expected quick-gelu or gelu"));
        return new ClipSource(Path.of(text.substring(0, at)), Optional.of(activation));
    }

    /** Where files beside the weights lie. */
    public Path folder() {
        return Files.isDirectory(path) ? path : path.toAbsolutePath().resolveSibling("");
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return path + activation.map(asked -> "#" + asked.label()).orElse("");
    }
}
