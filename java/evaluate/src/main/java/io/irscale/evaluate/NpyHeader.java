package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the numbers of an array that numpy saved (numpy.lib.format, versions 1.0, 2.0 and 3.0).
 *
 * @param type of the numbers
 * @param order of their bytes
 * @param columnsFirst whether the first index runs fastest ({@code fortran_order}), not the last
 * @param shape at most 2 dimensions, whose product is from 1 to {@value #MOST_NUMBERS}
 */
record NpyHeader(Type type, ByteOrder order, boolean columnsFirst, List<Integer> shape) {
    /** 1 GiB in float32: features of 131,072 images by Inception. */
    static final long MOST_NUMBERS = 1 << 28;

    /** As many bytes as numpy reads. */
    private static final int MOST_BYTES = 10_000;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MOST_DIMENSIONS = 2;
    private static final Pattern TYPE = Pattern.compile("['\"]descr['\"]\\s*:\\s*(['\"][^'\"]*['\"]|\\[)");
    private static final Pattern FORTRAN = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)\\b");
    // Python 2 wrote 3L.
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([\\d\\s,L]*)\\)");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,9}");

    /** The numbers that are read, all of IEEE 754. */
    enum Type {
        /** float16. */
        F2(Short.BYTES, 0x1p-11),
        /** float32. */
        F4(Float.BYTES, 0x1p-24),
        /** float64. */
        F8(Double.BYTES, 0x1p-53);

        private final int bytes;
        private final double rounding;

        Type(int bytes, double rounding) {
            this.bytes = bytes;
            this.rounding = rounding;
        }

        int bytes() {
            return bytes;
        }

        /** By which share of it a number may be off. */
        double rounding() {
            return rounding;
        }

        /** The next number of {@code bytes}. */
        double next(ByteBuffer bytes) {
            return switch (this) {
                case F2 -> Float.float16ToFloat(bytes.getShort());
                case F4 -> bytes.getFloat();
                case F8 -> bytes.getDouble();
            };
        }
    }

    /**
     * Reads it from where an array begins, and leaves {@code in} at its numbers.
     *
     * @param where names the array in messages
     * @throws InvalidInputException if it is malformed, or of another type or shape than is read
     */
    static NpyHeader read(InputStream in, String where) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new InvalidInputException(where + " is no array of numpy, expected one that numpy.savez wrote");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new InvalidInputException(
                    "%s is in version %d of numpy's format, expected 1, 2 or 3".formatted(where, version));
        }
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        length.put(in.readNBytes(version == 1 ? Short.BYTES : Integer.BYTES));
        long bytes = Integer.toUnsignedLong(length.getInt(0));
        if (bytes > MOST_BYTES) {
            throw new InvalidInputException(
                    "%s has a header of %d bytes, expected at most %d".formatted(where, bytes, MOST_BYTES));
        }
        byte[] text = in.readNBytes((int) bytes);
        if (text.length < bytes) {
            throw new InvalidInputException(where + " is cut off in its header");
        }
        return parse(new String(text, StandardCharsets.UTF_8), where);
    }

    private static NpyHeader parse(String text, String where) {
        String descr = find(TYPE, text, where);
        boolean known = descr.matches("['\"][<>]f[248]['\"]");
        if (!known) {
            String type = descr.equals("[") ? "a structure" : descr.substring(1, descr.length() - 1);
            throw new InvalidInputException("%s is of type %s, expected float16, float32 or float64"
                    .formatted(where, type.startsWith("|O") ? "object, which is a pickle" : shorten(type)));
        }
        Type type = switch (descr.charAt(3)) {
            case '2' -> Type.F2;
            case '4' -> Type.F4;
            default -> Type.F8;
        };
        ByteOrder order = descr.charAt(1) == '<' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        boolean fortran = find(FORTRAN, text, where).equals("True");
        return new NpyHeader(type, order, fortran, shape(find(SHAPE, text, where), where));
    }

    private static String find(Pattern pattern, String text, String where) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new InvalidInputException(
                    where + " has a header without descr, fortran_order or shape, expected all");
        }
        return matcher.group(1);
    }

    private static List<Integer> shape(String text, String where) {
        List<String> lengths = Arrays.stream(text.replace("L", "").split(","))
                .map(String::strip)
                .filter(length -> !length.isEmpty())
                .toList();
        long numbers = 1;
        for (String length : lengths) {
            numbers = LENGTH.matcher(length).matches() && numbers <= MOST_NUMBERS
                    ? numbers * Integer.parseInt(length)
                    : Long.MAX_VALUE;
        }
        if (lengths.size() > MOST_DIMENSIONS || numbers < 1 || numbers > MOST_NUMBERS) {
            throw new InvalidInputException("%s is of shape (%s), expected at most %d dimensions and 1 to %d numbers"
                    .formatted(where, shorten(text), MOST_DIMENSIONS, MOST_NUMBERS));
        }
        return lengths.stream().map(Integer::valueOf).toList();
    }

    private static String shorten(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /** How many numbers there are. */
    int count() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Where the {@code i}-th number that is stored lies when the last index runs fastest. */
    int place(int i) {
        if (!columnsFirst || shape.size() < 2) {
            return i;
        }
        int rows = shape.getFirst();
        return i % rows * shape.getLast() + i / rows;
    }

    /** As Python writes it. */
    String shapeText() {
        return shape.size() == 1
                ? "(" + shape.getFirst() + ",)"
                : "(" + String.join(", ", shape.stream().map(String::valueOf).toList()) + ")";
    }
}
