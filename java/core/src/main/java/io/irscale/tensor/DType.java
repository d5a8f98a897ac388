package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Element types. A constant's {@link #name()} is its name in a safetensors header; the order is the reference writer's
 * (safetensors {@code tensor.rs}, enum {@code Dtype}: increasing alignment), so that sorting by it descending gives the
 * reference order of tensors.
 */
public enum DType {
    /** One byte, 0 or 1. */
    BOOL(1, 11),
    /** Unsigned 8-bit integer. */
    U8(1, 0),
    /** Signed 8-bit integer. */
    I8(1, 1),
    /** 8-bit float of 5 exponent bits, with infinities. */
    F8_E5M2(1, 23),
    /** 8-bit float of 4 exponent bits, without infinities (PyTorch's {@code float8_e4m3fn}). */
    F8_E4M3(1, 24),
    /** 8-bit power of two, a scale. */
    F8_E8M0(1, 44),
    /** Signed 16-bit integer. */
    I16(2, 2),
    /** Unsigned 16-bit integer. */
    U16(2, 27),
    /** IEEE binary16. */
    F16(2, 5),
    /** The upper half of an IEEE binary32. */
    BF16(2, 15),
    /** Signed 32-bit integer. */
    I32(4, 3),
    /** Unsigned 32-bit integer. */
    U32(4, 28),
    /** IEEE binary32. */
    F32(4, 6),
    /** Two IEEE binary32, real and imaginary. */
    C64(8, 9),
    /** IEEE binary64. */
    F64(8, 7),
    /** Signed 64-bit integer. */
    I64(8, 4),
    /** Unsigned 64-bit integer. */
    U64(8, 29);

    /** What numbers of a model's weights may be of, see {@link #isFloat}. */
    private static final Set<DType> FLOATS =
            Collections.unmodifiableSet(EnumSet.of(F8_E5M2, F8_E4M3, F16, BF16, F32, F64));

    private final int bytes;
    private final int code;

    DType(int bytes, int code) {
        this.bytes = bytes;
        this.code = code;
    }

    /** Bytes of one element: 1, 2, 4 or 8. */
    public int bytes() {
        return bytes;
    }

    /** PyTorch's number for this type ({@code c10::ScalarType}), which is what the native library takes. */
    public int code() {
        return code;
    }

    /** Whether values are real numbers of floating point, which a weight or a factor can be made of. */
    public boolean isFloat() {
        return FLOATS.contains(this);
    }

    /** The types of which {@link #isFloat} is true. */
    public static Set<DType> floats() {
        return FLOATS;
    }

    /**
     * The type with PyTorch's number {@code code}.
     *
     * @throws InvalidInputException if irscale has no such type
     */
    public static DType ofCode(int code) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.code == code)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("dtype code " + code + " is not one of irscale's: "
                        + Arrays.stream(values())
                                .map(dtype -> dtype + "=" + dtype.code)
                                .toList()));
    }

    /** The type a safetensors header calls {@code name}, such as {@code BF16}; empty if irscale has no such type. */
    public static Optional<DType> ofName(String name) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.name().equals(name))
                .findFirst();
    }
}
