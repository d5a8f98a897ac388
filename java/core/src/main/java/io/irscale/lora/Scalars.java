package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads tensors of one element, such as alpha. */
final class Scalars {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Scalars() {}

    /** The element of {@code tensor}, of any dtype; NaN and infinity are let through. */
    static double read(StoredTensor tensor) {
        MemorySegment data = tensor.data();
        if (data.byteSize() != tensor.dtype().bytes()) {
            throw new InvalidInputException(tensor.file() + ": tensor '" + tensor.name() + "' of shape "
                    + tensor.shape() + " must have one element");
        }
        return switch (tensor.dtype()) {
            case BOOL, U8 -> data.get(ValueLayout.JAVA_BYTE, 0) & 0xFF;
            case I8 -> data.get(ValueLayout.JAVA_BYTE, 0);
            case I16 -> data.get(SHORT, 0);
            case F16 -> Float.float16ToFloat(data.get(SHORT, 0));
            case BF16 -> Float.intBitsToFloat(data.get(SHORT, 0) << 16);
            case I32 -> data.get(INT, 0);
            case F32 -> Float.intBitsToFloat(data.get(INT, 0));
            case I64 -> data.get(LONG, 0);
            case F64 -> Double.longBitsToDouble(data.get(LONG, 0));
        };
    }
}
