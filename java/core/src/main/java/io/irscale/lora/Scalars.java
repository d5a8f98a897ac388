package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.StoredTensor;

/** Reads tensors of one element, such as alpha. */
final class Scalars {
    private Scalars() {}

    /** The element of {@code tensor}, of any dtype; NaN and infinity are let through. */
    static double read(StoredTensor tensor) {
        if (tensor.data().byteSize() != tensor.dtype().bytes()) {
            throw new InvalidInputException(tensor.file() + ": tensor '" + tensor.name() + "' of shape "
                    + tensor.shape() + " must have one element");
        }
        return tensor.value(0);
    }
}
