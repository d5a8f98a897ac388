package io.irscale.data.layout;

import io.irscale.error.InvalidInputException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The names of YOLO's classes: {@code names} of a {@code *.yaml}, as a list or by number, else the lines of
 * {@code classes.txt} or {@code *.names}. The file that lies nearest above the labels counts, else the only one.
 * Where there is none, a class is called by its number.
 */
final class ClassNames {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Map<String, Names> byFolder = new HashMap<>();

    /** Names by number, and the file that has them. */
    private record Names(Item file, Map<Integer, String> names) {}

    private ClassNames() {}

    static ClassNames of(List<Item> files) {
        ClassNames all = new ClassNames();
        files.stream()
                .filter(file -> rank(file) < 3)
                .sorted(Comparator.comparingInt(ClassNames::rank).thenComparing(Item::name))
                .forEach(file ->
                        read(file).ifPresent(names -> all.byFolder.putIfAbsent(file.folder(), new Names(file, names))));
        return all;
    }

    private static int rank(Item file) {
        String name = file.file().toLowerCase(Locale.ROOT);
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return 0;
        }
        return name.equals("classes.txt") ? 1 : name.endsWith(".names") ? 2 : 3;
    }

    private static Optional<Map<Integer, String>> read(Item file) {
        String text = TextFile.read(file.path(), TextFile.SMALL);
        Map<Integer, String> names = rank(file) == 0 ? ofYaml(text) : ofLines(text);
        return Optional.of(names).filter(found -> !found.isEmpty());
    }

    private static Map<Integer, String> ofLines(String text) {
        return numbered(
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
    }

    private static Map<Integer, String> numbered(List<String> names) {
        Map<Integer, String> numbered = new TreeMap<>();
        IntStream.range(0, names.size()).forEach(i -> numbered.put(i, names.get(i)));
        return numbered;
    }

    // Other YAML may lie there: what has no names is not asked why.
    private static Map<Integer, String> ofYaml(String text) {
        JsonNode names;
        try {
            names = YAML.readTree(text).path("names");
        } catch (JacksonException e) {
            return Map.of();
        }
        if (names.isArray()) {
            return numbered(names.valueStream().map(JsonNode::asString).toList());
        }
        Map<Integer, String> numbered = new TreeMap<>();
        names.properties().stream()
                .filter(entry ->
                        entry.getKey().matches("\\d{1,6}") && entry.getValue().isValueNode())
                .forEach(entry -> numbered.put(
                        Integer.parseInt(entry.getKey()), entry.getValue().asString()));
        return numbered;
    }

    /**
     * What a class is called.
     *
     * @param labels the file that it stands in
     * @throws InvalidInputException if there are names and none for it
     */
    String of(int number, Item labels, String place) {
        Names names = nearest(labels);
        if (names == null) {
            return String.valueOf(number);
        }
        String name = names.names().get(number);
        if (name == null || name.isBlank()) {
            throw new InvalidInputException("%s: class %d, expected one of the %d that %s names"
                    .formatted(place, number, names.names().size(), names.file().path()));
        }
        return name;
    }

    private @Nullable Names nearest(Item labels) {
        String folder = labels.folder();
        while (!byFolder.containsKey(folder) && !folder.isEmpty()) {
            folder = folder.substring(0, Math.max(0, folder.lastIndexOf('/')));
        }
        Names names = byFolder.get(folder);
        return names == null && byFolder.size() == 1
                ? byFolder.values().iterator().next()
                : names;
    }
}
