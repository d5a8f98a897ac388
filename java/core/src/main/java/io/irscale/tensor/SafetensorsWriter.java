package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes safetensors files, byte for byte as the reference writer does (safetensors {@code tensor.rs},
 * {@code prepare}): tensors by dtype alignment descending, then by name; header padded with spaces to 8 bytes.
 */
public final class SafetensorsWriter {
    // Escapes as serde_json writes them: lower-case hexadecimal, bare slashes.
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE, JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                    .build())
            .build();

    private static final Comparator<StoredTensor> REFERENCE_ORDER = Comparator.comparing(StoredTensor::dtype)
            .reversed()
            .thenComparing(tensor -> tensor.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    // MemorySegment.asByteBuffer reaches 2 GiB at most.
    private static final long CHUNK = 1 << 30;

    private SafetensorsWriter() {}

    /**
     * Writes {@code tensors} to {@code file}, replacing it at once or, on failure, leaving it as it was (see
     * {@link AtomicFile}). A checkpoint that has the old file open keeps seeing the old one.
     *
     * @param metadata free-form strings for the header, written in the order of their keys; left out if empty
     * @throws InvalidInputException if two tensors share a name, the header would pass 100,000,000 bytes, or the file
     *     cannot be written
     */
    public static void write(Path file, Collection<StoredTensor> tensors, Map<String, String> metadata) {
        List<StoredTensor> ordered = tensors.stream().sorted(REFERENCE_ORDER).toList();
        ordered.stream()
                .filter(tensor -> tensor.quantization().isPresent())
                .findFirst()
                .ifPresent(tensor -> {
                    throw new InvalidInputException(file + ": tensor '" + tensor.name() + "' is quantised ("
                            + tensor.format() + "), widen it first");
                });
        ByteBuffer header = header(file, ordered, metadata);
        AtomicFile.write(file, channel -> {
            writeFully(channel, header);
            for (StoredTensor tensor : ordered) {
                MemorySegment data = tensor.data();
                for (long at = 0; at < data.byteSize(); at += CHUNK) {
                    long length = Math.min(CHUNK, data.byteSize() - at);
                    writeFully(channel, data.asSlice(at, length).asByteBuffer());
                }
            }
        });
    }

    private static ByteBuffer header(Path file, List<StoredTensor> tensors, Map<String, String> metadata) {
        ObjectNode json = MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode strings = json.putObject(SafetensorsHeader.METADATA);
            // By key, so that a map without an order gives the same bytes in every process.
            new TreeMap<>(metadata).forEach(strings::put);
        }
        long at = 0;
        for (StoredTensor tensor : tensors) {
            String name = tensor.name();
            if (json.has(name) || name.equals(SafetensorsHeader.METADATA) || !SafetensorsHeader.isPrintable(name)) {
                throw new InvalidInputException(
                        file + ": cannot hold a tensor named '" + StrictJson.oneLine(name) + "', or not twice");
            }
            ObjectNode entry = json.putObject(name).put("dtype", tensor.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(size -> shape.add(size));
            long end = at + tensor.data().byteSize();
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        ByteBuffer text = utf8(file, MAPPER.writeValueAsString(json));
        int length = Math.ceilDiv(text.remaining(), Long.BYTES) * Long.BYTES;
        if (length > StrictJson.MAX_BYTES) {
            throw new InvalidInputException(
                    file + ": header of " + length + " bytes is over the limit of " + StrictJson.MAX_BYTES);
        }
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(text);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static ByteBuffer utf8(Path file, String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + ": has half a surrogate pair in a name or in its metadata", e);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
