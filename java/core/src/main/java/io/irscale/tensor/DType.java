package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import java.util.Optional;

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
    /** Signed 16-bit integer. */
    I16(2, 2),
    /** IEEE binary16. */
    F16(2, 5),
    /** The upper half of an IEEE binary32. */
    BF16(2, 15),
    /** Signed 32-bit integer. */
    I32(4, 3),
    /** IEEE binary32. */
    F32(4, 6),
    /** IEEE binary64. */
    F64(8, 7),
    /** Signed 64-bit integer. */
    I64(8, 4);

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
