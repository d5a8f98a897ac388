package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Where a checkpoint's tensors lie, by the naming of diffusers and transformers.
 *
 * @param files the files, in the order to read them
 * @param owners for shards: tensor name to the file that must hold it; empty for a single file
 */
record CheckpointFiles(List<Path> files, Map<String, Path> owners) {
    private static final String SUFFIX = ".safetensors";
    private static final String GGUF = ".gguf";
    private static final String INDEX = ".index.json";
    private static final Set<String> PICKLES = Set.of("bin", "pt", "pth", "ckpt", "pkl");
    private static final String PICKLE_ADVICE =
            "a pickle, which can run code when it is read: convert it to safetensors";

    static CheckpointFiles locate(Path path, List<String> baseNames) {
        if (!Files.isDirectory(path)) {
            return single(path);
        }
        List<String> names = names(path);
        for (String base : baseNames) {
            Optional<CheckpointFiles> found = find(path, names, base);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new InvalidInputException(path + ": holds no " + String.join(" or ", baseNames) + SUFFIX
                + instead(names, baseNames.isEmpty() ? "" : baseNames.getFirst()));
    }

    private static Optional<CheckpointFiles> find(Path folder, List<String> names, String base) {
        boolean file = names.contains(base + SUFFIX);
        boolean index = names.contains(base + SUFFIX + INDEX);
        if (file && index) {
            // diffusers would take the index, transformers the file.
            throw new InvalidInputException(folder + ": holds both " + base + SUFFIX + " and " + base + SUFFIX + INDEX
                    + "; remove the one that is not meant");
        }
        if (file) {
            return Optional.of(single(folder.resolve(base + SUFFIX)));
        }
        if (index) {
            return Optional.of(shards(folder.resolve(base + SUFFIX + INDEX)));
        }
        // diffusers and transformers put a variant's name before the ending, or before that of the index.
        String name = Pattern.quote(base);
        Pattern variant = Pattern.compile(name + "\\.[A-Za-z0-9_]+\\.safetensors|" + name
                + "\\.safetensors\\.index\\.[A-Za-z0-9_]+\\.json|" + name
                + "\\.[A-Za-z0-9_]+\\.safetensors\\.index\\.json");
        List<String> variants =
                names.stream().filter(other -> variant.matcher(other).matches()).toList();
        if (variants.size() > 1) {
            throw new InvalidInputException(folder + ": holds the variants " + String.join(" and ", variants)
                    + "; name the one that is meant, or remove the others");
        }
        return variants.stream().findFirst().map(only -> single(folder.resolve(only)));
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** What lies in a folder in place of what was looked for, and what to do about it. */
    private static String instead(List<String> names, String base) {
        return names.stream()
                .filter(name -> (name.endsWith(SUFFIX) || name.endsWith(GGUF)) && !name.startsWith("."))
                .findFirst()
                .map(name -> name.matches(".*-\\d+-of-\\d+\\.safetensors")
                        ? "; " + name + " is a shard, whose " + base + SUFFIX + INDEX + " is missing"
                        : "; " + name + " lies there: rename it to " + base + SUFFIX + ", or name the file itself")
                .or(() -> names.stream()
                        .filter(name -> isPickle(Path.of(name)))
                        .findFirst()
                        .map(name -> ", only '" + name + "', " + PICKLE_ADVICE))
                .orElse("");
    }

    private static CheckpointFiles single(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file");
        }
        if (isPickle(file)) {
            throw new InvalidInputException(file + ": is " + PICKLE_ADVICE);
        }
        String name = file.toString();
        if (name.endsWith(".json")) {
            return shards(file);
        }
        if (!name.endsWith(SUFFIX) && !name.endsWith(GGUF)) {
            throw new InvalidInputException(file + ": is not named *" + SUFFIX + " or *" + GGUF);
        }
        return new CheckpointFiles(List.of(file), Map.of());
    }

    private static CheckpointFiles shards(Path index) {
        JsonNode weightMap = StrictJson.parse(read(index), index, "index").path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new InvalidInputException(index + ": has no weight_map that names a tensor");
        }
        Map<String, Path> owners = new LinkedHashMap<>();
        weightMap.forEachEntry((name, shard) -> owners.put(name, shard(index, shard)));
        return new CheckpointFiles(owners.values().stream().distinct().toList(), Collections.unmodifiableMap(owners));
    }

    /** The shard beside its index; a plain name only, so that an index cannot reach out of its folder. */
    private static Path shard(Path index, JsonNode node) {
        String name = node.isString() ? node.stringValue() : "";
        if (!name.matches("[A-Za-z0-9._-]+\\.safetensors")) {
            throw new InvalidInputException(index + ": names the shard " + StrictJson.oneLine(node.toString())
                    + ", not a plain file name of letters, digits and ._- that ends in " + SUFFIX);
        }
        Path shard = index.resolveSibling(name);
        if (!Files.isRegularFile(shard)) {
            throw new InvalidInputException(index + ": names the shard '" + name + "', which is missing");
        }
        return shard;
    }

    private static byte[] read(Path index) {
        try {
            if (Files.size(index) > StrictJson.MAX_BYTES) {
                throw new InvalidInputException(
                        index + ": has " + Files.size(index) + " bytes, over the limit of " + StrictJson.MAX_BYTES);
            }
            return Files.readAllBytes(index);
        } catch (IOException e) {
            throw new InvalidInputException(index + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isPickle(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return PICKLES.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
