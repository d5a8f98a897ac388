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
    private static final Set<String> PICKLES = Set.of("bin", "pt", "pth", "ckpt", "pkl");
    private static final String PICKLE_ADVICE =
            "a pickle, which can run code when it is read: convert it to safetensors";

    static CheckpointFiles locate(Path path, List<String> baseNames) {
        if (!Files.isDirectory(path)) {
            return single(path);
        }
        for (String base : baseNames) {
            Path file = path.resolve(base + SUFFIX);
            Path index = path.resolve(base + SUFFIX + ".index.json");
            if (Files.exists(file) && Files.exists(index)) {
                // diffusers would take the index, transformers the file.
                throw new InvalidInputException(path + ": holds both " + file.getFileName() + " and "
                        + index.getFileName() + "; remove the one that is not meant");
            }
            if (Files.exists(file)) {
                return single(file);
            }
            if (Files.exists(index)) {
                return shards(index);
            }
        }
        throw new InvalidInputException(path + ": holds no " + String.join(" or ", baseNames) + SUFFIX
                + pickleIn(path)
                        .map(name -> ", only '" + name + "', " + PICKLE_ADVICE)
                        .orElse(""));
    }

    private static CheckpointFiles single(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file");
        }
        if (isPickle(file)) {
            throw new InvalidInputException(file + ": is " + PICKLE_ADVICE);
        }
        if (!file.toString().endsWith(SUFFIX)) {
            throw new InvalidInputException(file + ": is not named *" + SUFFIX);
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
            throw new InvalidInputException(index + ": cannot be read: " + e, e);
        }
    }

    private static Optional<String> pickleIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(CheckpointFiles::isPickle)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be read: " + e, e);
        }
    }

    private static boolean isPickle(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return PICKLES.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
