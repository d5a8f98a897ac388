package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The little-endian numbers and texts of a GGUF header, one after the other. */
final class GgufReader {
    private static final int LONGEST_TEXT = 1 << 20;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private long at;

    GgufReader(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    long position() {
        return at;
    }

    /** @throws InvalidInputException if the file ends before */
    void skip(long count) {
        take(count);
    }

    private long take(long count) {
        if (count < 0 || count > bytes.byteSize() - at) {
            throw new InvalidInputException(
                    file + ": is cut off in its header, at byte " + at + " of " + bytes.byteSize());
        }
        long begin = at;
        at += count;
        return begin;
    }

    int u8() {
        return bytes.get(ValueLayout.JAVA_BYTE, take(1)) & 0xFF;
    }

    long u32() {
        return bytes.get(INT, take(Integer.BYTES)) & 0xFFFFFFFFL;
    }

    /** What passes for negative is beyond every limit. */
    long u64() {
        return bytes.get(LONG, take(Long.BYTES));
    }

    /** A number of things, which no good file has more of than {@code most}. */
    long count(String what, long most) {
        long count = u64();
        if (count < 0 || count > most) {
            throw new InvalidInputException(
                    "%s: has %s %s, expected at most %d".formatted(file, Long.toUnsignedString(count), what, most));
        }
        return count;
    }

    String text() {
        long length = count("characters in a text", LONGEST_TEXT);
        byte[] utf8 = bytes.asSlice(take(length), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    InvalidInputException wrong(String what) {
        return new InvalidInputException(file + ": " + what);
    }
}
