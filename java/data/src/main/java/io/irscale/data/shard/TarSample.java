package io.irscale.data.shard;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a tar that share a key. Immutable.
 *
 * @param file the tar
 * @param key the path up to the first dot of the file's name
 * @param images by what stands between the key and the ending, such as {@code ir} of {@code 0001.ir.png}; in the order
 *     of the tar
 * @param texts by the ending: captions, {@code json} and {@code cls}
 */
public record TarSample(Path file, String key, Map<String, TarImage> images, Map<String, String> texts) {
    /** The endings of captions. */
    static final List<String> CAPTIONS = List.of("txt", "text", "caption");

    /** Copies the collections. */
    public TarSample {
        images = Collections.unmodifiableMap(new LinkedHashMap<>(images));
        texts = Map.copyOf(texts);
    }

    /**
     * The caption without blanks around it; empty where there is none, or a blank one.
     *
     * @throws InvalidInputException if there are two
     */
    public Optional<String> caption() {
        List<String> found = CAPTIONS.stream().filter(texts::containsKey).toList();
        if (found.size() > 1) {
            throw new InvalidInputException("%s: has the captions .%s and .%s, expected one: remove the other"
                    .formatted(this, found.get(0), found.get(1)));
        }
        return found.stream()
                .map(texts::get)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    /** The metadata as JSON. */
    public Optional<String> json() {
        return Optional.ofNullable(texts.get("json"));
    }

    /** The class, a number or a name. */
    public Optional<String> label() {
        return Stream.ofNullable(texts.get("cls"))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    @Override
    public String toString() {
        return file + " sample " + key;
    }
}
