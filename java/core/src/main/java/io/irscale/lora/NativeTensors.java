package io.irscale.lora;

import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stored tensors and texts as native arguments, until this closes. */
final class NativeTensors implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final List<Tensor> tensors = new ArrayList<>();

    MemorySegment of(StoredTensor stored) {
        long[] sizes = stored.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor tensor = Tensor.wrap(stored.data(), stored.dtype(), sizes);
        tensors.add(tensor);
        return tensor.handle();
    }

    /** NULL where there is none. */
    MemorySegment of(Optional<StoredTensor> stored) {
        return stored.map(this::of).orElse(MemorySegment.NULL);
    }

    MemorySegment of(String text) {
        return arena.allocateFrom(text);
    }

    MemorySegment of(List<String> texts) {
        MemorySegment all = arena.allocate(ValueLayout.ADDRESS, Math.max(1, texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            all.setAtIndex(ValueLayout.ADDRESS, i, of(texts.get(i)));
        }
        return all;
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
        arena.close();
    }
}
