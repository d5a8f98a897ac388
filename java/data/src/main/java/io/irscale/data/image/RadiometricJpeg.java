package io.irscale.data.image;

import io.irscale.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * JPEGs of thermal cameras that carry the sensor's counts beside the picture: DJI's in APP3 segments as plain 16-bit
 * numbers (ExifTool, DJI.pm; GDAL, jpgdataset.cpp), FLIR's in {@link FlirRecords}. Counts are no temperatures.
 */
final class RadiometricJpeg {
    private static final int APP1 = 0xE1;
    private static final int APP3 = 0xE3;
    private static final byte[] FLIR = {'F', 'L', 'I', 'R', 0};
    private static final int FLIR_HEAD = 8; // FLIR, 0, 1, number of the part, number of the last
    private static final int BYTES = 2;
    // DJI says the sensor's size nowhere, and its newer cameras enlarge the picture.
    private static final int DJI_WIDTH = 640;
    private static final int DJI_HEIGHT = 512;

    private RadiometricJpeg() {}

    /** Whether a JPEG carries counts. */
    static boolean carriesCounts(byte[] jpeg) {
        JpegSegments segments = JpegSegments.of(jpeg);
        return !flir(segments, jpeg).isEmpty() || dji(segments).isPresent();
    }

    /**
     * The counts that a JPEG carries, if any.
     *
     * @throws InvalidInputException if they are damaged
     */
    static Optional<RawImage> counts(ImageSource source, byte[] jpeg) {
        JpegSegments segments = JpegSegments.of(jpeg);
        List<JpegSegments.Segment> flir = flir(segments, jpeg);
        if (!flir.isEmpty()) {
            return Optional.of(FlirRecords.counts(source, joined(source, flir, jpeg)));
        }
        return dji(segments)
                .map(size -> image(
                        source,
                        size[0],
                        size[1],
                        ByteBuffer.wrap(all(ofKind(segments, APP3), jpeg, 0)).order(ByteOrder.LITTLE_ENDIAN)));
    }

    /** 16-bit counts, row by row, from where the buffer stands. */
    static RawImage image(ImageSource source, int width, int height, ByteBuffer counts) {
        double[] samples = new double[width * height];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = counts.getShort() & 0xFFFF;
        }
        SampleType type = new SampleType(SampleType.Kind.UNSIGNED, 16);
        return new RawImage(source, width, height, 1, type, false, Optional.empty(), 1, samples);
    }

    private static List<JpegSegments.Segment> ofKind(JpegSegments segments, int marker) {
        return segments.all().stream()
                .filter(segment -> segment.marker() == marker)
                .toList();
    }

    private static List<JpegSegments.Segment> flir(JpegSegments segments, byte[] jpeg) {
        return ofKind(segments, APP1).stream()
                .filter(segment -> segment.length() > FLIR_HEAD
                        && Arrays.equals(jpeg, segment.begin(), segment.begin() + FLIR.length, FLIR, 0, FLIR.length))
                .toList();
    }

    private static byte[] joined(ImageSource source, List<JpegSegments.Segment> parts, byte[] jpeg) {
        int last = jpeg[parts.getFirst().begin() + 7] & 0xFF;
        for (int i = 0; i < parts.size(); i++) {
            if ((jpeg[parts.get(i).begin() + 6] & 0xFF) != i || parts.size() != last + 1) {
                throw new InvalidInputException(
                        "%s: holds %d of %d parts of FLIR's data, or in another order; export it from the camera again"
                                .formatted(source, parts.size(), last + 1));
            }
        }
        return all(parts, jpeg, FLIR_HEAD);
    }

    private static byte[] all(List<JpegSegments.Segment> parts, byte[] jpeg, int head) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(part -> all.write(jpeg, part.begin() + head, part.length() - head));
        return all.toByteArray();
    }

    /** Width and height of DJI's counts. */
    private static Optional<int[]> dji(JpegSegments segments) {
        long bytes = ofKind(segments, APP3).stream()
                .mapToLong(JpegSegments.Segment::length)
                .sum();
        if (bytes == 0) {
            return Optional.empty();
        }
        if (bytes == (long) BYTES * segments.width() * segments.height()) {
            return Optional.of(new int[] {segments.width(), segments.height()});
        }
        return bytes == BYTES * DJI_WIDTH * DJI_HEIGHT
                ? Optional.of(new int[] {DJI_WIDTH, DJI_HEIGHT})
                : Optional.empty();
    }
}
