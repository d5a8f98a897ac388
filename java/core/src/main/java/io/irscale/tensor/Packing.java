package io.irscale.tensor;

import java.util.Arrays;
import java.util.Optional;

/**
 * How the numbers of a quantised tensor are stored; its numbers are those of {@code IRS_PACKED_*} in {@code irscale_weights.h}.
 * The blocks from {@link #Q4_0} on are ggml's, which hold their own scales.
 */
public enum Packing {
    /** 8-bit float of 4 exponent bits. */
    F8_E4M3(0, 1, 1),
    /** 8-bit float of 5 exponent bits. */
    F8_E5M2(1, 1, 1),
    /** Signed 8-bit integer. */
    I8(2, 1, 1),
    /** IEEE binary16. */
    F16(3, 1, 2),
    /** The upper half of an IEEE binary32. */
    BF16(4, 1, 2),
    /** IEEE binary32. */
    F32(5, 1, 4),
    /** Codes of 4 bits, two a byte, the first in the high half (bitsandbytes). */
    CODE4(6, 2, 1),
    /** Codes of 8 bits (bitsandbytes). */
    CODE8(7, 1, 1),
    /** 4 bits. */
    Q4_0(8, 32, 18),
    /** 4 bits with a minimum. */
    Q4_1(9, 32, 20),
    /** 5 bits. */
    Q5_0(10, 32, 22),
    /** 5 bits with a minimum. */
    Q5_1(11, 32, 24),
    /** 8 bits. */
    Q8_0(12, 32, 34),
    /** 2 bits, scales and minima of 4. */
    Q2_K(13, 256, 84),
    /** 3 bits, scales of 6. */
    Q3_K(14, 256, 110),
    /** 4 bits, scales and minima of 6. */
    Q4_K(15, 256, 144),
    /** 5 bits, scales and minima of 6. */
    Q5_K(16, 256, 176),
    /** 6 bits, scales of 8. */
    Q6_K(17, 256, 210),
    /** 4 bits of an uneven grid. */
    IQ4_NL(18, 32, 18),
    /** The same in blocks of 256, scales of 6. */
    IQ4_XS(19, 256, 136);

    private final int code;
    private final int blockValues;
    private final int blockBytes;

    Packing(int code, int blockValues, int blockBytes) {
        this.code = code;
        this.blockValues = blockValues;
        this.blockBytes = blockBytes;
    }

    /** Its number in the native library. */
    int code() {
        return code;
    }

    /** Values that are stored together, at least 1. */
    public int blockValues() {
        return blockValues;
    }

    /** Bytes that these take. */
    public int blockBytes() {
        return blockBytes;
    }

    /** The packing of plain numbers of a type; empty where weights are not made of it. */
    static Optional<Packing> of(DType dtype) {
        return ofName(dtype.name()).filter(packing -> packing.code < CODE4.code);
    }

    /** The packing called {@code name}. */
    static Optional<Packing> ofName(String name) {
        return Arrays.stream(values())
                .filter(packing -> packing.name().equals(name))
                .findFirst();
    }

    /** Bytes of that many values; throws ArithmeticException beyond 2^63 - 1. */
    long bytesOf(long elements) {
        return Math.multiplyExact(Math.ceilDiv(elements, (long) blockValues), (long) blockBytes);
    }
}
