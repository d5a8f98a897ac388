package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The header of a safetensors file, checked against the file's length. Rules: those of the reference reader
 * (safetensors {@code tensor.rs}, {@code read_metadata} and {@code validate}); beyond it, duplicate keys are refused,
 * as the format's description asks, and so are tensor names that no message could show.
 *
 * @param metadata the free-form strings, in file order
 * @param entries the tensors, in the order of their bytes
 * @param dataStart where the tensors' bytes begin in the file
 * @param dataBytes how many there are
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataStart, long dataBytes) {
    static final String METADATA = "__metadata__";

    /**
     * One tensor: bytes {@code [begin, end)} after {@code dataStart}.
     *
     * @param type the dtype's name in the file
     * @param dtype empty where irscale does not know it; such a tensor's size is not checked
     */
    record Entry(String name, String type, Optional<DType> dtype, List<Long> shape, long begin, long end) {}

    static SafetensorsHeader read(FileChannel channel, Path file) throws IOException {
        long fileBytes = channel.size();
        if (fileBytes < Long.BYTES) {
            throw new InvalidInputException(
                    file + ": has " + fileBytes + " bytes, too few for a safetensors file (at least 8)");
        }
        long length = bytes(channel, file, 0, Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (length < 0 || length > StrictJson.MAX_BYTES) {
            throw new InvalidInputException(file + ": header of " + Long.toUnsignedString(length)
                    + " bytes is over the limit of " + StrictJson.MAX_BYTES + " (not a safetensors file?)");
        }
        long dataStart = Long.BYTES + length;
        if (dataStart > fileBytes) {
            throw new InvalidInputException(
                    file + ": header of " + length + " bytes does not fit in a file of " + fileBytes);
        }
        byte[] text = bytes(channel, file, Long.BYTES, (int) length).array();
        ObjectNode json = StrictJson.parse(text, file, "header");
        Map<String, String> metadata = metadata(json, file);
        List<Entry> entries = new ArrayList<>();
        json.forEachEntry((name, node) -> {
            if (!name.equals(METADATA)) {
                entries.add(entry(name, node, file));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long dataBytes = checkLayout(entries, file);
        if (dataBytes != fileBytes - dataStart) {
            throw new InvalidInputException(file + ": has " + (fileBytes - dataStart)
                    + " bytes after its header, which accounts for " + dataBytes + " (truncated or appended to?)");
        }
        return new SafetensorsHeader(metadata, List.copyOf(entries), dataStart, dataBytes);
    }

    private static ByteBuffer bytes(FileChannel channel, Path file, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new InvalidInputException(file + ": became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static Map<String, String> metadata(ObjectNode json, Path file) {
        Map<String, String> metadata = new LinkedHashMap<>();
        JsonNode node = json.path(METADATA);
        if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
            throw new InvalidInputException(
                    file + ": " + METADATA + " is a JSON " + node.getNodeType() + ", not an object");
        }
        node.forEachEntry((key, value) -> {
            if (!value.isString()) {
                throw new InvalidInputException(file + ": " + METADATA + " entry '" + StrictJson.oneLine(key)
                        + "' is a JSON " + value.getNodeType() + ", not a string");
            }
            metadata.put(key, value.stringValue());
        });
        return Collections.unmodifiableMap(metadata);
    }

    private static Entry entry(String name, JsonNode node, Path file) {
        String tensor = file + ": tensor '" + StrictJson.oneLine(name) + "'";
        if (!isPrintable(name)) {
            throw new InvalidInputException(tensor + " has control characters in its name");
        }
        JsonNode dtypeNode = node.path("dtype");
        if (!dtypeNode.isString()) {
            throw new InvalidInputException(tensor + " has no dtype that is a string");
        }
        String type = dtypeNode.stringValue();
        List<Long> shape = sizes(node.path("shape"), tensor + ": shape");
        List<Long> offsets = sizes(node.path("data_offsets"), tensor + ": data_offsets");
        if (offsets.size() != 2) {
            throw new InvalidInputException(tensor + " has " + offsets.size() + " data_offsets, not 2");
        }
        return new Entry(name, type, DType.ofName(type), shape, offsets.get(0), offsets.get(1));
    }

    /** Whether a message can show {@code name} in one line. */
    static boolean isPrintable(String name) {
        return name.chars().noneMatch(Character::isISOControl);
    }

    private static List<Long> sizes(JsonNode node, String what) {
        if (!node.isArray()) {
            throw new InvalidInputException(what + " is a JSON " + node.getNodeType() + ", not an array");
        }
        List<Long> sizes = new ArrayList<>(node.size());
        for (JsonNode size : node) {
            if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
                throw new InvalidInputException(what + " holds " + StrictJson.oneLine(size.toString())
                        + ", not an integer from 0 to " + Long.MAX_VALUE);
            }
            sizes.add(size.longValue());
        }
        return List.copyOf(sizes);
    }

    /** Every byte belongs to exactly one tensor, and each tensor has the bytes its shape asks for; gives the total. */
    private static long checkLayout(List<Entry> entries, Path file) {
        long at = 0;
        for (Entry entry : entries) {
            String tensor = file + ": tensor '" + StrictJson.oneLine(entry.name) + "'";
            if (entry.begin != at || entry.end < entry.begin) {
                throw new InvalidInputException(tensor + " has data_offsets [" + entry.begin + ", " + entry.end
                        + "], but must begin at " + at + ", where the one before it ends");
            }
            at = entry.end;
            if (entry.dtype.isEmpty()) {
                continue;
            }
            long bytes;
            try {
                bytes = StoredTensor.byteSize(entry.dtype.get(), entry.shape);
            } catch (ArithmeticException e) {
                throw new InvalidInputException(
                        tensor + " of shape " + StrictJson.oneLine(entry.shape.toString()) + " overflows 64 bits", e);
            }
            if (entry.end - entry.begin != bytes) {
                throw new InvalidInputException(tensor + " takes " + bytes + " bytes as " + entry.type + " of shape "
                        + StrictJson.oneLine(entry.shape.toString()) + ", but its data_offsets span "
                        + (entry.end - entry.begin));
            }
        }
        return at;
    }
}
