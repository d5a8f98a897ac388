package io.irscale;

import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a golden safetensors file without the code under test. */
public final class GoldenTensors {
    public static final Path GOLDENS = Path.of("src", "test", "goldens");

    private final ByteBuffer file;
    private final JsonNode header;
    private final int start;

    public GoldenTensors(String name) throws IOException {
        this(GOLDENS.resolve(name));
    }

    public GoldenTensors(Path path) throws IOException {
        file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        start = 8 + Math.toIntExact(file.getLong(0));
        header = new JsonMapper().readTree(file.array(), 8, start - 8);
    }

    public Collection<String> names() {
        return header.propertyNames().stream()
                .filter(name -> !name.equals("__metadata__"))
                .toList();
    }

    /** A text of the header's metadata. */
    public String metadata(String key) {
        return header.required("__metadata__").required(key).stringValue();
    }

    public ByteBuffer bytes(String tensor) {
        JsonNode offsets = header.required(tensor).required("data_offsets");
        int begin = offsets.get(0).asInt();
        return file.slice(start + begin, offsets.get(1).asInt() - begin).order(ByteOrder.LITTLE_ENDIAN);
    }

    public int size(String tensor, int dimension) {
        return header.required(tensor).required("shape").get(dimension).asInt();
    }

    public long[] shape(String tensor) {
        return header.required(tensor)
                .required("shape")
                .valueStream()
                .mapToLong(JsonNode::longValue)
                .toArray();
    }

    /** The values of an F32 or BF16 tensor. */
    public float[] floats(String tensor) {
        ByteBuffer bytes = bytes(tensor);
        String dtype = header.required(tensor).required("dtype").stringValue();
        boolean half = dtype.equals("BF16");
        if (!half && !dtype.equals("F32")) {
            throw new IllegalArgumentException(tensor + " is " + dtype);
        }
        float[] values = new float[bytes.remaining() / (half ? Short.BYTES : Float.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = half ? Float.intBitsToFloat(bytes.getShort() << 16) : bytes.getFloat();
        }
        return values;
    }

    /** The images (N, H, W, 3) of a U8 tensor as (N, 3, H, W) in [0, 1], for the caller to close. */
    public Tensor images(String tensor) {
        ByteBuffer bytes = bytes(tensor);
        long[] shape = shape(tensor);
        int pixels = Math.toIntExact(shape[1] * shape[2]);
        float[] values = new float[bytes.remaining()];
        for (int i = 0; i < values.length; i++) {
            int image = i / (3 * pixels);
            values[(image * 3 + i % 3) * pixels + i / 3 % pixels] = (bytes.get(i) & 0xFF) / 255f;
        }
        return Tensor.of(values, shape[0], 3, shape[1], shape[2]);
    }

    /** Its values as an F32 tensor, for the caller to close. */
    public Tensor tensor(String tensor) {
        return Tensor.of(floats(tensor), shape(tensor));
    }
}
