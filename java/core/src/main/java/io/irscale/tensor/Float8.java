package io.irscale.tensor;

/** The three 8-bit floating-point types (OCP 8-bit Floating Point Specification, and OCP Microscaling for the scale). */
final class Float8 {
    private Float8() {}

    /** Sign, 4 bits of exponent with bias 7, 3 of mantissa; no infinity, all ones is NaN. */
    static float ofE4m3(byte bits) {
        int exponent = bits >> 3 & 15;
        int mantissa = bits & 7;
        if (exponent == 15 && mantissa == 7) {
            return Float.NaN;
        }
        return signed(bits, exponent == 0 ? Math.scalb(mantissa, -9) : Math.scalb(8f + mantissa, exponent - 10));
    }

    /** Sign, 5 bits of exponent with bias 15, 2 of mantissa: the upper half of a binary16. */
    static float ofE5m2(byte bits) {
        return Float.float16ToFloat((short) (bits << 8));
    }

    /** 2^(bits - 127); all ones is NaN. */
    static float ofE8m0(byte bits) {
        int exponent = bits & 0xFF;
        return exponent == 255 ? Float.NaN : Math.scalb(1f, exponent - 127);
    }

    private static float signed(byte bits, float magnitude) {
        return bits < 0 ? -magnitude : magnitude;
    }
}
