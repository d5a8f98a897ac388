package io.irscale.decode;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;

/**
 * A finished image: the decoder's own floats, so that 16 bits carry what 8 would lose.
 *
 * @param height pixels
 * @param width pixels
 * @param values (3, height, width) in [0, 1], planar
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; compared by nobody
public record Image(int height, int width, float[] values) {
    /** 8-bit RGB, interleaved: round(255 x). */
    public byte[] rgb8() {
        return Pixels.rgb8(MemorySegment.ofArray(values), height, width);
    }

    /** 8-bit grey: the luma of the floats. */
    public byte[] grey8() {
        return Pixels.grey8(MemorySegment.ofArray(values), height, width);
    }

    /** 16-bit grey: the luma of the floats times 65535. */
    public short[] grey16() {
        return Pixels.grey16(MemorySegment.ofArray(values), height, width);
    }

    /**
     * 16-bit grey in counts: the luma of the floats, brought to whole counts of a range.
     *
     * @param range whose ends are whole numbers of 16 bits
     * @throws InvalidInputException if they are not
     */
    public short[] counts16(CountRange range) {
        if (!range.isOfCounts()) {
            throw new InvalidInputException(
                    "range %s: 16-bit images hold whole counts of 0..65535 alone".formatted(range));
        }
        return Pixels.counts16(MemorySegment.ofArray(values), height, width, range);
    }
}
