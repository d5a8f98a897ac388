package io.irscale.train;

import io.irscale.data.image.Scaling;
import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes trained models in their published layouts, in BF16. */
final class ModelFiles {
    private static final JsonMapper JSON = new JsonMapper();

    private ModelFiles() {}

    /** The header of trained weights, with what made the samples of the images that they saw values in [0, 1]. */
    static Map<String, String> header(Scaling scaling) {
        return Map.of("format", "pt", CountRange.KEY, scaling.toString());
    }

    /** All weights under their own names. */
    static void weights(Path file, Parameters parameters, Scaling scaling) {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            for (String name : parameters.names()) {
                tensors.add(stored(arena, file, name, name, parameters, DType.BF16));
            }
            SafetensorsWriter.write(file, tensors, header(scaling));
        }
    }

    /** Everything in a model's folder, for weights to be written over; no file shows but as a whole. */
    static void copyFolder(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                AtomicFile.makeFolder(target.resolveSibling(""));
                AtomicFile.write(target, channel -> copy(file, channel));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(from + ": cannot be read", e);
        }
    }

    private static void copy(Path file, FileChannel to) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            for (long at = 0; at < in.size(); ) {
                at += in.transferTo(at, in.size() - at, to);
            }
        }
    }

    /** One of the weights, under a name of its own in the file. */
    static StoredTensor stored(
            Arena arena, Path file, String newName, String name, Parameters parameters, DType dtype) {
        try (Tensor tensor = parameters.tensor(name)) {
            return stored(arena, file, newName, tensor, dtype);
        }
    }

    /** A copy of a tensor of any device. */
    static StoredTensor stored(Arena arena, Path file, String name, Tensor tensor, DType dtype) {
        try (Tensor rounded = tensor.to(Device.CPU, dtype)) {
            MemorySegment copy = arena.allocate(rounded.elements() * dtype.bytes(), Long.BYTES);
            rounded.read(copy);
            List<Long> shape = Arrays.stream(rounded.shape()).boxed().toList();
            return new StoredTensor(name, dtype, shape, copy, file);
        }
    }

    /** A configuration with some fields replaced, for the model's own folder. */
    static void config(Path from, Path file, Map<String, Double> changes) {
        try {
            ObjectNode config = (ObjectNode) JSON.readTree(Files.readString(from));
            changes.forEach(config::put);
            AtomicFile.write(
                    file,
                    JSON.writerWithDefaultPrettyPrinter()
                            .writeValueAsString(config)
                            .concat("\n")
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException | JacksonException | ClassCastException e) {
            throw new InvalidInputException(from + ": cannot be read as a JSON object", e);
        }
    }
}
