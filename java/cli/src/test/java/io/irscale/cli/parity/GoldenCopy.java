package io.irscale.cli.parity;

import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The committed goldens by symbolic links, of which single files are replaced. */
record GoldenCopy(Path folder) implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("irscale.root", "../.."));
    static final Path GOLDENS = ROOT.resolve("java/core/src/test/goldens");
    static final Path TOKENIZERS =
            Path.of(System.getProperty("irscale.shared", "../../../shared")).resolve("tokenizers");

    /** Skips the test where the vocabularies are not; they are too large to be committed. */
    static void assumeTokenizers() {
        Assumptions.assumeTrue(Files.isDirectory(TOKENIZERS), () -> "FLUX's vocabularies are not at " + TOKENIZERS);
    }

    /** {@code parent} gets the shared files, and {@code dev} below it. */
    static GoldenCopy in(Path parent) throws IOException {
        GoldenCopy copy = new GoldenCopy(Files.createDirectory(parent.resolve("dev")));
        link(GOLDENS.resolve("dev"), copy.folder);
        link(GOLDENS, parent);
        return copy;
    }

    private static void link(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Path link = to.resolve(file.getFileName());
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, file.toAbsolutePath().normalize());
                }
            }
        }
    }

    /** Removes the links, which JUnit would warn of. */
    @Override
    public void close() throws IOException {
        for (Path place : List.of(folder, folder.resolveSibling("."))) {
            try (Stream<Path> files = Files.list(place)) {
                for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(link);
                }
            }
        }
    }

    void delete(String name) throws IOException {
        Files.delete(folder.resolve(name));
    }

    /** Leaves only one run, for speed. */
    void keepRun(String name) throws IOException {
        JsonMapper json = new JsonMapper();
        Path file = folder.resolve("manifest.json");
        ObjectNode manifest = (ObjectNode) json.readTree(Files.readAllBytes(file));
        ((ObjectNode) manifest.required("runs")).retain(name);
        Files.delete(file);
        Files.write(file, json.writeValueAsBytes(manifest));
    }

    /** Removes a tensor. */
    void remove(String file, String tensor) throws IOException {
        edit(file, (arena, stored) -> stored.name().equals(tensor) ? List.of() : List.of(stored));
    }

    /** Adds a tensor with the values of another one. */
    void duplicate(String file, String tensor, String name) throws IOException {
        edit(
                file,
                (arena, stored) ->
                        stored.name().equals(tensor) ? List.of(stored, stored.named(name)) : List.of(stored));
    }

    /**
     * Changes one number of a tensor, beyond its middle.
     *
     * @param fraction of the largest magnitude; 0 for the smallest step that the dtype has; NaN for NaN
     */
    void change(String file, String tensor, double fraction) throws IOException {
        edit(file, (arena, stored) -> {
            if (!stored.name().equals(tensor)) {
                return List.of(stored);
            }
            MemorySegment data =
                    arena.allocate(stored.data().byteSize(), Long.BYTES).copyFrom(stored.data());
            change(data, stored.dtype(), fraction);
            return List.of(new StoredTensor(tensor, stored.dtype(), stored.shape(), data, stored.file()));
        });
    }

    private static void change(MemorySegment data, DType dtype, double fraction) {
        long at = data.byteSize() / dtype.bytes() * 5 / 9;
        switch (dtype) {
            case U8 -> {
                byte value = data.get(ValueLayout.JAVA_BYTE, at);
                data.set(ValueLayout.JAVA_BYTE, at, (byte) (value == -1 ? 254 : value + 1));
            }
            case I64 -> data.setAtIndex(ValueLayout.JAVA_LONG, at, data.getAtIndex(ValueLayout.JAVA_LONG, at) + 1);
            case BF16 -> {
                float value = Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, at) << 16);
                float next = Float.intBitsToFloat(Float.floatToRawIntBits(value) + (1 << 16));
                float changed = fraction == 0 ? next : (float) (value + fraction * largest(data, dtype));
                data.setAtIndex(ValueLayout.JAVA_SHORT, at, (short) (Float.floatToRawIntBits(changed) >> 16));
            }
            case F32 -> {
                float value = data.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                float changed = fraction == 0 ? Math.nextUp(value) : (float) (value + fraction * largest(data, dtype));
                data.setAtIndex(ValueLayout.JAVA_FLOAT, at, changed);
            }
            case F64 -> {
                double value = data.getAtIndex(ValueLayout.JAVA_DOUBLE, at);
                data.setAtIndex(ValueLayout.JAVA_DOUBLE, at, value + fraction * largest(data, dtype));
            }
            default -> throw new IllegalArgumentException("no golden is " + dtype);
        }
    }

    private static double largest(MemorySegment data, DType dtype) {
        double largest = 0;
        for (long i = 0; i < data.byteSize() / dtype.bytes(); i++) {
            double value = switch (dtype) {
                case BF16 -> Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
                case F32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                default -> data.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
            };
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private void edit(String name, BiFunction<Arena, StoredTensor, List<StoredTensor>> edit) throws IOException {
        Path shared = folder.resolveSibling(name + GoldenFolder.EXTENSION);
        Path file = Files.exists(shared) ? shared : folder.resolve(name + GoldenFolder.EXTENSION);
        List<StoredTensor> edited = new ArrayList<>();
        try (Arena arena = Arena.ofConfined();
                Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.tensors().values().forEach(stored -> edited.addAll(edit.apply(arena, stored)));
            Files.delete(file);
            SafetensorsWriter.write(file, edited, Map.of());
        }
    }
}
