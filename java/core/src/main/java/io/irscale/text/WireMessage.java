package io.irscale.text;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fields of a protocol buffer's message by number, without its schema (protobuf.dev, "Encoding"). Numbers are held as
 * 64 bits; texts, bytes and messages as the part of the buffer that they fill.
 */
final class WireMessage {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;
    private static final int LONGEST_VARINT = 10;

    private record Field(int number, long value, Optional<ByteBuffer> bytes) {}

    private final List<Field> fields = new ArrayList<>();

    /**
     * Reads all of {@code in}.
     *
     * @throws IllegalArgumentException if it is no message, or cut off
     */
    WireMessage(ByteBuffer in) {
        ByteBuffer left = in.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (left.hasRemaining()) {
                fields.add(field(left));
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a field is cut off", e);
        }
    }

    private static Field field(ByteBuffer in) {
        long tag = varint(in);
        int number = (int) (tag >>> 3);
        return switch ((int) (tag & 7)) {
            case VARINT -> new Field(number, varint(in), Optional.empty());
            case FIXED_64 -> new Field(number, in.getLong(), Optional.empty());
            case FIXED_32 -> new Field(number, in.getInt(), Optional.empty());
            case BYTES -> {
                long length = varint(in);
                if (length < 0 || length > in.remaining()) {
                    throw new IllegalArgumentException("a field is cut off");
                }
                ByteBuffer part = in.slice(in.position(), (int) length);
                in.position(in.position() + (int) length);
                yield new Field(number, 0, Optional.of(part));
            }
            default -> throw new IllegalArgumentException("a field is of a type that there is not");
        };
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number has no end");
    }

    /** Its number: the last one, as later fields win. */
    long number(int field, long absent) {
        return all(field).reduce((first, last) -> last).map(Field::value).orElse(absent);
    }

    /** Its bytes, of all fields of that number in order. */
    Stream<ByteBuffer> bytes(int field) {
        return all(field).flatMap(each -> each.bytes().stream());
    }

    private Stream<Field> all(int number) {
        return fields.stream().filter(each -> each.number() == number);
    }
}
