package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * Elements that tensors of a {@code torch.save} file share, as its pickle names them.
 *
 * @param key which one
 * @param dtype of the elements
 * @param elements how many, at least 0
 */
record TorchStorage(String key, DType dtype, long elements) {
    /** Its bytes; throws InvalidInputException for a number that no memory has. */
    long bytes(Path file) {
        try {
            return StoredTensor.byteSize(dtype, List.of(elements));
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    "%s: storage '%s' of %d elements has no size in 64 bits".formatted(file, key, elements), e);
        }
    }

    /**
     * A tensor.
     *
     * @param storage where its elements are
     * @param offset of its first element in there
     * @param shape sizes
     * @param strides elements from one index to the next, one a size
     */
    record View(TorchStorage storage, long offset, List<Long> shape, List<Long> strides) {
        /** @param memory the storage's */
        StoredTensor of(MemorySegment memory, String name, Path file) {
            if (!isContiguous()) {
                throw new InvalidInputException("%s: tensor '%s' of shape %s has strides %s, expected contiguous ones"
                        .formatted(file, name, shape, strides));
            }
            try {
                long begin = Math.multiplyExact(offset, storage.dtype.bytes());
                long bytes = StoredTensor.byteSize(storage.dtype, shape);
                if (begin >= 0 && Math.addExact(begin, bytes) <= memory.byteSize()) {
                    return new StoredTensor(name, storage.dtype, shape, memory.asSlice(begin, bytes), file);
                }
            } catch (ArithmeticException e) {
                // No storage is that large.
            }
            throw new InvalidInputException("%s: tensor '%s' of shape %s at %d leaves its storage of %d elements"
                    .formatted(file, name, shape, offset, storage.elements));
        }

        private boolean isContiguous() {
            if (strides.size() != shape.size()) {
                return false;
            }
            long expected = 1;
            for (int i = shape.size() - 1; i >= 0; i--) {
                if (shape.get(i) != 1 && strides.get(i) != expected) {
                    return false;
                }
                expected *= shape.get(i);
            }
            return true;
        }
    }
}
