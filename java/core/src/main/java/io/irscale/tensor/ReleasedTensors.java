package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One model's tensors in a single-file release, without the prefix that tools put before the names when they pack
 * several models into a file, and the sizes that can be read off them. Shares the bytes of the tensors given.
 */
public final class ReleasedTensors {
    private final Path file;
    private final Map<String, StoredTensor> tensors;

    private ReleasedTensors(Path file, Map<String, StoredTensor> tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * The tensors of the model that has one named {@code mark}, bare or under a prefix that ends in a dot.
     *
     * @return empty if there is no such tensor
     * @throws InvalidInputException if there is one under several prefixes, and none that is bare
     */
    public static Optional<ReleasedTensors> find(Map<String, StoredTensor> tensors, String mark) {
        List<String> prefixes = tensors.keySet().stream()
                .filter(name -> name.equals(mark) || name.endsWith("." + mark))
                .map(name -> name.substring(0, name.length() - mark.length()))
                .sorted(Comparator.comparingInt(String::length))
                .toList();
        if (prefixes.isEmpty()) {
            return Optional.empty();
        }
        String prefix = prefixes.getFirst();
        Path file = Objects.requireNonNull(tensors.get(prefix + mark)).file();
        if (prefixes.size() > 1 && !prefix.isEmpty()) {
            throw new InvalidInputException(file + ": holds the same model under the prefixes '"
                    + String.join("' and '", prefixes) + "'; keep one of them");
        }
        Map<String, StoredTensor> own = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                String bare = name.substring(prefix.length());
                own.put(bare, prefix.isEmpty() ? tensor : tensor.named(bare));
            }
        });
        return Optional.of(new ReleasedTensors(file, Collections.unmodifiableMap(own)));
    }

    /** The file that holds them, for messages. */
    public Path file() {
        return file;
    }

    /** The tensors by their names without the prefix, in the order given. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /**
     * A size out of a tensor's shape.
     *
     * @throws InvalidInputException if the tensor is missing, lacks the dimension, or the size is not from 1 to 2^31 -
     *     1
     */
    public int size(String name, int dimension) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new InvalidInputException(file + ": tensor '" + name + "' is missing");
        }
        long size = tensor.shape().size() <= dimension ? 0 : tensor.shape().get(dimension);
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw new InvalidInputException(file + ": tensor '" + name + "' of shape " + tensor.shape()
                    + " has no usable size in dimension " + dimension);
        }
        return (int) size;
    }

    /** How many different children {@code parent} has, such as the numbered blocks under {@code "double_blocks."}. */
    public int count(String parent) {
        return (int) tensors.keySet().stream()
                .filter(name -> name.startsWith(parent))
                .map(name -> name.substring(parent.length()).split("\\.", 2)[0])
                .distinct()
                .count();
    }
}
