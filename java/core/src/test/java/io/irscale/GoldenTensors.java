package io.irscale;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a golden safetensors file without the code under test. */
public final class GoldenTensors {
    public static final Path GOLDENS = Path.of("src", "test", "goldens");

    private final ByteBuffer file;
    private final JsonNode header;
    private final int start;

    public GoldenTensors(String name) throws IOException {
        file = ByteBuffer.wrap(Files.readAllBytes(GOLDENS.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
        start = 8 + Math.toIntExact(file.getLong(0));
        header = new JsonMapper().readTree(file.array(), 8, start - 8);
    }

    public ByteBuffer bytes(String tensor) {
        JsonNode offsets = header.required(tensor).required("data_offsets");
        int begin = offsets.get(0).asInt();
        return file.slice(start + begin, offsets.get(1).asInt() - begin).order(ByteOrder.LITTLE_ENDIAN);
    }

    public int size(String tensor, int dimension) {
        return header.required(tensor).required("shape").get(dimension).asInt();
    }
}
