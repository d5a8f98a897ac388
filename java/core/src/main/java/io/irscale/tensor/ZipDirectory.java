package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The entries of a zip that are stored as they are, as {@code torch.save} does (APPNOTE.TXT 6.3.10, with Zip64); what is
 * compressed or encrypted is left out. Each is a piece of the mapped file, so that no entry takes memory and none can
 * unfold; entries that share bytes are refused.
 */
final class ZipDirectory {
    /** Of the directory itself: a model of 100,000 tensors takes less. */
    private static final int MOST_BYTES = 16 << 20;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LOCAL = 0x04034B50;
    private static final int CENTRAL = 0x02014B50;
    private static final int END = 0x06054B50;
    private static final int END_64_LOCATOR = 0x07064B50;
    private static final int END_64 = 0x06064B50;
    private static final int END_BYTES = 22;
    private static final int MOST_COMMENT = 0xFFFF;
    private static final long IN_ZIP64 = 0xFFFFFFFFL;
    private static final int ZIP64 = 1;

    private final MemorySegment zip;
    private final Path file;
    private final Map<String, MemorySegment> entries = new LinkedHashMap<>();
    private final TreeMap<Long, Long> taken = new TreeMap<>();

    private ZipDirectory(MemorySegment zip, Path file) {
        this.zip = zip;
        this.file = file;
    }

    /** The entries' bytes by name; {@code file} is for messages. */
    static Map<String, MemorySegment> read(MemorySegment zip, Path file) {
        ZipDirectory directory = new ZipDirectory(zip, file);
        try {
            directory.read();
        } catch (IndexOutOfBoundsException e) {
            throw new InvalidInputException(file + ": is a zip that is cut off or points outside of itself", e);
        }
        return directory.entries;
    }

    /** Whether a mapped file begins as a zip does. */
    static boolean isZip(MemorySegment file) {
        return file.byteSize() >= Integer.BYTES && file.get(INT, 0) == LOCAL;
    }

    private void read() {
        long end = end();
        long size = zip.get(INT, end + 12) & IN_ZIP64;
        long at = zip.get(INT, end + 16) & IN_ZIP64;
        if (end >= 20 && zip.get(INT, end - 20) == END_64_LOCATOR) {
            long end64 = zip.get(LONG, end - 20 + 8);
            if (zip.get(INT, end64) != END_64) {
                throw wrong("has no end of its directory");
            }
            size = zip.get(LONG, end64 + 40);
            at = zip.get(LONG, end64 + 48);
        }
        if (size < 0 || size > MOST_BYTES) {
            throw wrong("has a directory of %d bytes, expected at most %d".formatted(size, MOST_BYTES));
        }
        MemorySegment directory = zip.asSlice(at, size);
        for (long next = 0; next < size; ) {
            next = entry(directory, next);
        }
    }

    private long end() {
        long least = Math.max(0, zip.byteSize() - END_BYTES - MOST_COMMENT);
        for (long at = zip.byteSize() - END_BYTES; at >= least; at--) {
            if (zip.get(INT, at) == END) {
                return at;
            }
        }
        throw wrong("is a zip without a directory, so cut off");
    }

    /** Adds the entry at {@code at} of the directory; gives where the next one is. */
    private long entry(MemorySegment directory, long at) {
        if (directory.get(INT, at) != CENTRAL) {
            throw wrong("has a directory that is none of a zip");
        }
        int nameBytes = unsigned(directory, at + 28);
        int extraBytes = unsigned(directory, at + 30);
        String name = StrictJson.oneLine(new String(
                directory.asSlice(at + 46, nameBytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
        long after = at + 46 + nameBytes + extraBytes + unsigned(directory, at + 32);
        // Bit 0 of the flags: encrypted.
        if (unsigned(directory, at + 10) != 0 || (unsigned(directory, at + 8) & 1) != 0) {
            return after;
        }
        long size = directory.get(INT, at + 24) & IN_ZIP64;
        long packed = directory.get(INT, at + 20) & IN_ZIP64;
        long start = directory.get(INT, at + 42) & IN_ZIP64;
        Wide wide = new Wide(directory.asSlice(at + 46 + nameBytes, extraBytes));
        size = size == IN_ZIP64 ? wide.next() : size;
        packed = packed == IN_ZIP64 ? wide.next() : packed;
        start = start == IN_ZIP64 ? wide.next() : start;
        if (size != packed || zip.get(INT, start) != LOCAL) {
            throw wrong("has an entry '" + name + "' that is not where the directory says");
        }
        long data = start + 30 + unsigned(zip, start + 26) + unsigned(zip, start + 28);
        take(name, start, data + size);
        if (entries.put(name, zip.asSlice(data, size)) != null) {
            throw wrong("holds '" + name + "' twice");
        }
        return after;
    }

    private void take(String name, long begin, long end) {
        Map.Entry<Long, Long> before = taken.lowerEntry(end);
        if (before != null && before.getValue() > begin) {
            throw wrong("holds '" + name + "' over the bytes of another entry");
        }
        taken.put(begin, end);
    }

    private static int unsigned(MemorySegment bytes, long at) {
        return bytes.get(SHORT, at) & 0xFFFF;
    }

    /** The 64-bit numbers of an entry, in their fixed order. */
    private static final class Wide {
        private final MemorySegment extra;
        private long at;

        Wide(MemorySegment extra) {
            this.extra = extra;
        }

        long next() {
            if (at == 0) {
                while (unsigned(extra, at) != ZIP64) {
                    at += 4 + unsigned(extra, at + 2);
                }
                at += 4;
            }
            at += Long.BYTES;
            return extra.get(LONG, at - Long.BYTES);
        }
    }

    private InvalidInputException wrong(String what) {
        return new InvalidInputException(file + ": " + what);
    }
}
