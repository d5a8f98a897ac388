package io.irscale.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of a GGUF header, as far as weights need them: texts, whole numbers, and short lists of these. */
final class GgufMetadata {
    private static final long MOST_KEYS = 100_000;
    private static final long MOST_ITEMS = 10_000_000;
    // A shape; vocabularies are longer and not kept.
    private static final long MOST_KEPT = 8;

    /** The types of values (ggml {@code gguf.h}, {@code enum gguf_type}), in the order of their numbers. */
    private enum Type {
        UINT8(1),
        INT8(1),
        UINT16(2),
        INT16(2),
        UINT32(4),
        INT32(4),
        FLOAT32(4),
        BOOL(1),
        STRING(0),
        ARRAY(0),
        UINT64(8),
        INT64(8),
        FLOAT64(8);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    private final GgufReader reader;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, List<Long>> numbers = new LinkedHashMap<>();

    private GgufMetadata(GgufReader reader) {
        this.reader = reader;
    }

    static GgufMetadata read(GgufReader reader) {
        GgufMetadata metadata = new GgufMetadata(reader);
        long count = reader.count("keys", MOST_KEYS);
        for (long i = 0; i < count; i++) {
            metadata.entry(reader.text());
        }
        return metadata;
    }

    private void entry(String key) {
        Type type = type();
        if (type == Type.STRING) {
            texts.put(key, reader.text());
        } else if (type == Type.ARRAY) {
            list(key);
        } else {
            number(type).ifPresent(value -> numbers.put(key, List.of(value)));
        }
    }

    private void list(String key) {
        Type type = type();
        if (type == Type.ARRAY) {
            throw reader.wrong("key '" + StrictJson.oneLine(key) + "' is a list of lists, which weights do not need");
        }
        long count = reader.count("items in a list", MOST_ITEMS);
        if (type != Type.STRING && count > MOST_KEPT) {
            reader.skip(count * type.bytes);
            return;
        }
        List<Long> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            if (type == Type.STRING) {
                reader.text();
            } else {
                number(type).ifPresent(values::add);
            }
        }
        numbers.put(key, values);
    }

    private Type type() {
        long number = reader.u32();
        if (number >= Type.values().length) {
            throw reader.wrong("has a key of type " + number + ", expected 0 to " + (Type.values().length - 1));
        }
        return Type.values()[(int) number];
    }

    /** A whole number; empty for another value, which is passed over. */
    private Optional<Long> number(Type type) {
        return switch (type) {
            case UINT32 -> Optional.of(reader.u32());
            case INT32 -> Optional.of((long) (int) reader.u32());
            case UINT64, INT64 -> Optional.of(reader.u64());
            case UINT8 -> Optional.of((long) reader.u8());
            default -> {
                reader.skip(type.bytes);
                yield Optional.empty();
            }
        };
    }

    /** The texts by key. */
    Map<String, String> texts() {
        return texts;
    }

    /** A whole number. */
    Optional<Long> number(String key) {
        return numbers(key).filter(values -> values.size() == 1).map(List::getFirst);
    }

    /** A list of whole numbers. */
    Optional<List<Long>> numbers(String key) {
        return Optional.ofNullable(numbers.get(key));
    }
}
