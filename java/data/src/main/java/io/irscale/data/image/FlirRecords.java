package io.irscale.data.image;

import io.irscale.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * FLIR's file of records ("FFF"), which its JPEGs carry: a head with the place of a directory, records of 32 bytes in it,
 * and one of them for the sensor's counts, as 16-bit numbers or as a PNG whose bytes are swapped (ExifTool, FLIR.pm).
 */
final class FlirRecords {
    private static final int HEAD = 64;
    private static final int VERSION = 0x14;
    private static final int DIRECTORY = 0x18;
    private static final int COUNT = 0x1C;
    private static final int ENTRY = 32;
    private static final int MOST = 1024;
    private static final int RAW_DATA = 1;
    private static final int RAW_HEAD = 32;
    private static final int PNG = 0x89504E47;
    private static final int LITTLE_TIFF = 0x49492A00;
    private static final int BIG_TIFF = 0x4D4D002A;

    private final ImageSource source;
    private final ByteBuffer records;

    private FlirRecords(ImageSource source, byte[] records) {
        this.source = source;
        this.records = ByteBuffer.wrap(records);
    }

    /**
     * The counts.
     *
     * @throws InvalidInputException if there are none, or the records are damaged
     */
    static RawImage counts(ImageSource source, byte[] records) {
        return new FlirRecords(source, records).counts();
    }

    private RawImage counts() {
        if (records.capacity() < HEAD) {
            throw damaged("%d bytes".formatted(records.capacity()));
        }
        // The version is 100 and some: that tells the order of the bytes.
        records.order(ByteOrder.LITTLE_ENDIAN);
        if (records.getInt(VERSION) < 0 || records.getInt(VERSION) > 0xFFFF) {
            records.order(ByteOrder.BIG_ENDIAN);
        }
        long directory = u32(DIRECTORY);
        long count = u32(COUNT);
        if (count > MOST || directory + count * ENTRY > records.capacity()) {
            throw damaged("a directory of %d records at %d".formatted(count, directory));
        }
        for (int i = 0; i < count; i++) {
            int entry = (int) directory + i * ENTRY;
            if (records.getShort(entry) == RAW_DATA) {
                return raw(u32(entry + 12), u32(entry + 16));
            }
        }
        throw new InvalidInputException(
                source + ": carries FLIR's records, but none with counts; read it without --range");
    }

    private RawImage raw(long begin, long length) {
        if (length < RAW_HEAD || begin + length > records.capacity()) {
            throw damaged("counts of %d bytes at %d".formatted(length, begin));
        }
        ByteBuffer raw = records.slice((int) begin, (int) length).order(ByteOrder.LITTLE_ENDIAN);
        if (raw.getShort(0) != 2) {
            raw.order(ByteOrder.BIG_ENDIAN);
        }
        int width = raw.getShort(2) & 0xFFFF;
        int height = raw.getShort(4) & 0xFFFF;
        ImageFile.checkSize(source, width, height, 1);
        raw.position(RAW_HEAD);
        byte[] data = new byte[raw.remaining()];
        raw.get(data).position(RAW_HEAD);
        RawImage counts =
                switch (data.length < Integer.BYTES ? 0 : ByteBuffer.wrap(data).getInt()) {
                    case PNG -> swapped(PictureDecoder.png(source, data));
                    case LITTLE_TIFF, BIG_TIFF -> TiffDecoder.decode(source, data);
                    default -> {
                        if (data.length < Short.BYTES * (long) width * height) {
                            throw damaged(
                                    "%d bytes of counts for %d x %d pixels".formatted(data.length, width, height));
                        }
                        yield RadiometricJpeg.image(source, width, height, raw);
                    }
                };
        if (counts.width() != width || counts.height() != height) {
            throw damaged(
                    "counts of %d x %d for %d x %d pixels".formatted(counts.width(), counts.height(), width, height));
        }
        return counts;
    }

    private RawImage swapped(RawImage png) {
        double[] samples = png.samples().clone();
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Short.reverseBytes((short) (int) samples[i]) & 0xFFFF;
        }
        return new RawImage(
                source, png.width(), png.height(), png.channels(), png.type(), false, Optional.empty(), 1, samples);
    }

    private long u32(int at) {
        return records.getInt(at) & 0xFFFFFFFFL;
    }

    private InvalidInputException damaged(String what) {
        return new InvalidInputException(
                "%s: FLIR's data in it is damaged: %s; export it from the camera again".formatted(source, what));
    }
}
