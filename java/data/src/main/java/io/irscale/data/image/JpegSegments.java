package io.irscale.data.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The segments of a JPEG up to its pixels (ISO/IEC 10918-1, annex B).
 *
 * @param width pixels, 0 if no frame header was found
 * @param height pixels, 0 if no frame header was found
 * @param precision bits of a sample, 0 if no frame header was found
 * @param all in their order
 */
record JpegSegments(int width, int height, int precision, List<Segment> all) {
    private static final int START_OF_SCAN = 0xDA;
    private static final int END_OF_IMAGE = 0xD9;

    /**
     * One of them.
     *
     * @param marker its kind, 0xC0 to 0xFE
     * @param begin of its data in the file
     * @param end of its data in the file, exclusive
     */
    record Segment(int marker, int begin, int end) {
        int length() {
            return end - begin;
        }
    }

    /** Finds them; stops in silence where the bytes are no JPEG, which the decoder tells better. */
    static JpegSegments of(byte[] jpeg) {
        List<Segment> all = new ArrayList<>();
        int width = 0;
        int height = 0;
        int precision = 0;
        int at = 2;
        while (at + 4 <= jpeg.length && (jpeg[at] & 0xFF) == 0xFF) {
            int marker = jpeg[at + 1] & 0xFF;
            if (marker == 0xFF) { // filling
                at++;
                continue;
            }
            int end = at + 2 + u16(jpeg, at + 2);
            if (marker == START_OF_SCAN || marker == END_OF_IMAGE || end > jpeg.length) {
                break;
            }
            Segment segment = new Segment(marker, at + 4, end);
            if (isFrameHeader(marker) && segment.length() >= 5) {
                precision = jpeg[segment.begin()] & 0xFF;
                height = u16(jpeg, segment.begin() + 1);
                width = u16(jpeg, segment.begin() + 3);
            }
            all.add(segment);
            at = Math.max(end, at + 2);
        }
        return new JpegSegments(width, height, precision, List.copyOf(all));
    }

    /** What they tell, if they are of a picture of 8 bits. */
    Optional<Look> look(boolean carriesCounts) {
        return precision == 8 ? Optional.of(Look.atHead(width, height, carriesCounts)) : Optional.empty();
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private static int u16(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    }
}
