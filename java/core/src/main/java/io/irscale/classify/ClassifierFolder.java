package io.irscale.classify;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a classifier's folder holds beside its trunk, which is a model's folder of diffusers or transformers: {@code
 * labels.json}, an object of the classes of each label, and {@code heads.safetensors} with {@code <label>.weight}
 * (classes, width) and {@code <label>.bias} (classes).
 */
public final class ClassifierFolder {
    /** The heads' file. */
    public static final String HEADS = "heads.safetensors";

    /** The labels' file. */
    public static final String LABELS = "labels.json";

    private static final JsonMapper JSON = new JsonMapper();

    private ClassifierFolder() {}

    /**
     * The labels of a folder, in their order.
     *
     * @throws InvalidInputException if the file is missing or is no object of lists of words
     */
    public static List<Label> labels(Path folder) {
        Path file = folder.resolve(LABELS);
        try {
            Map<String, List<String>> classes = new LinkedHashMap<>();
            JSON.readTree(Files.readString(file))
                    .properties()
                    .forEach(entry ->
                            classes.put(entry.getKey(), List.of(JSON.convertValue(entry.getValue(), String[].class))));
            if (classes.isEmpty()) {
                throw new InvalidInputException(file + ": has no labels, expected at least one");
            }
            return classes.entrySet().stream()
                    .map(entry -> new Label(entry.getKey(), entry.getValue()))
                    .toList();
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException(file + ": cannot be read as an object of lists of words", e);
        }
    }
}
