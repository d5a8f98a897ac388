package io.irscale.feature;

import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Weights of Inception that a formula makes: value i of a tensor is a hash of i and its name in [-1, 1), scaled so that
 * activations neither grow nor vanish. Convolutions times √(6 / fan in), batch norm's weight 1 + u/4, variance 1 + u/2, the
 * rest u/4. What an independent implementation computes with them is in the golden.
 */
public final class InceptionWeights {
    public static final Path GOLDEN = Path.of(System.getProperty("irscale.root", "../.."))
            .resolve("java/core/src/test/goldens/inception/golden.safetensors");

    private InceptionWeights() {}

    /** Writes all of them, 87 MB. */
    public static Path write(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(file, make(file, arena), Map.of());
        }
        return file;
    }

    static List<StoredTensor> make(Path file, Arena arena) throws IOException {
        List<StoredTensor> tensors = new ArrayList<>();
        shapes().forEachEntry((name, sizes) -> {
            List<Long> shape = sizes.valueStream().map(JsonNode::longValue).toList();
            tensors.add(new StoredTensor(name, DType.F32, shape, values(name, shape, arena), file));
        });
        return tensors;
    }

    private static JsonNode shapes() throws IOException {
        ByteBuffer golden = ByteBuffer.wrap(Files.readAllBytes(GOLDEN)).order(ByteOrder.LITTLE_ENDIAN);
        JsonMapper mapper = new JsonMapper();
        JsonNode header = mapper.readTree(golden.array(), 8, Math.toIntExact(golden.getLong(0)));
        return mapper.readTree(header.at("/__metadata__/shapes").stringValue());
    }

    private static MemorySegment values(String name, List<Long> shape, Arena arena) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        int seed = (int) crc.getValue();
        int count = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, count);
        for (int i = 0; i < count; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) scaled(name, shape, hash(i, seed)));
        }
        return values;
    }

    private static double hash(int i, int seed) {
        int x = i * 0x9E3779B1 + seed;
        x = (x ^ x >>> 16) * 0x85EBCA6B;
        x = (x ^ x >>> 13) * 0xC2B2AE35;
        x ^= x >>> 16;
        return (x >>> 8) / (double) (1 << 23) - 1;
    }

    private static double scaled(String name, List<Long> shape, double u) {
        if (name.endsWith("conv.weight")) {
            return u * Math.sqrt(6.0 / (shape.get(1) * shape.get(2) * shape.get(3)));
        }
        if (name.endsWith("bn.weight")) {
            return 1 + 0.25 * u;
        }
        return name.endsWith("running_var") ? 1 + 0.5 * u : 0.25 * u;
    }
}
