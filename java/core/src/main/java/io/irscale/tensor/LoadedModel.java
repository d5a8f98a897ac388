package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * A native model together with what its weights live in: where device and dtype match the file, the model reads the
 * mapped file itself, which nobody may shorten until it is closed: the process would end with SIGBUS. Closing frees the
 * model, then the memory.
 */
public final class LoadedModel implements AutoCloseable {
    private final NativeObject model;
    private final AutoCloseable memory;

    private LoadedModel(NativeObject model, AutoCloseable memory) {
        this.model = model;
        this.memory = memory;
    }

    /** The native function that makes a model: {@code irs_<model>_create(out, config, weights)}. */
    public interface Creator {
        /** Fills {@code out} from a set of weights. */
        void create(MemorySegment out, MemorySegment weights);
    }

    /**
     * Makes a model of stored tensors.
     *
     * @param path named in errors
     * @param tensors under their diffusers or transformers names
     * @param memory what {@code tensors} live in; closed with the model, and left to the caller if making it fails
     * @throws InvalidInputException if tensors are missing, unknown, of another shape, or not finite
     */
    public static LoadedModel create(
            Path path,
            Collection<StoredTensor> tensors,
            AutoCloseable memory,
            Device device,
            DType dtype,
            Creator creator,
            Consumer<MemorySegment> free) {
        try (NativeObject weights = CutFile.refuse(path, () -> weights(tensors, device, dtype))) {
            return new LoadedModel(
                    NativeObject.create("model", out -> creator.create(out, weights.handle()), free), memory);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes a model of trainable weights, which must outlive it.
     *
     * @throws InvalidInputException if tensors are unknown or of another shape
     */
    public static LoadedModel create(Parameters parameters, Creator creator, Consumer<MemorySegment> free) {
        return new LoadedModel(
                NativeObject.create("model", out -> creator.create(out, parameters.handle()), free), () -> {});
    }

    static NativeObject weights(Collection<StoredTensor> tensors, Device device, DType dtype) {
        NativeObject weights = NativeObject.create(
                "weight set",
                out -> NativeWeights.weightsCreate(out, device.index(), dtype.code()),
                NativeWeights::weightsFree);
        try {
            tensors.forEach(tensor -> put(weights, tensor));
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static void put(NativeObject weights, StoredTensor tensor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = tensor.data();
            long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
            if (tensor.quantization().isPresent()) {
                NativeWeights.weightsPutPacked(
                        weights.handle(),
                        arena.allocateFrom(tensor.name()),
                        tensor.quantization().get().struct(arena, data),
                        shape.length,
                        arena.allocateFrom(ValueLayout.JAVA_LONG, shape));
                return;
            }
            NativeWeights.weightsPut(
                    weights.handle(),
                    arena.allocateFrom(tensor.name()),
                    data,
                    data.byteSize(),
                    tensor.dtype().code(),
                    shape.length,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, shape));
        }
    }

    /** Closes the memory of a model that could not be made because of {@code reason}. */
    public static void release(AutoCloseable memory, RuntimeException reason) {
        try {
            memory.close();
        } catch (Exception e) {
            reason.addSuppressed(e);
        }
    }

    /** The handle for a native call. */
    public MemorySegment handle() {
        return model.handle();
    }

    @Override
    public void close() {
        model.close();
        try {
            memory.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing the files of a model failed", e);
        }
    }
}
