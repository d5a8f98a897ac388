package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeTraining;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Trainable weights under their diffusers, transformers or PEFT names. A model made from them computes with them, and an
 * optimizer changes them in place. They belong to the thread that made them; close them after their models.
 */
public final class Parameters implements AutoCloseable {
    private final NativeObject weights;
    private final Device device;
    private final DType dtype;

    private Parameters(NativeObject weights, Device device, DType dtype) {
        this.weights = weights;
        this.device = device;
        this.dtype = dtype;
    }

    /**
     * Copies stored tensors; what a model asks for and they lack gets initial values of {@code seed} when it is made.
     *
     * @param dtype F32 or BF16, which the model will compute in
     * @throws InvalidInputException if a tensor is there twice, or holds NaN or infinite values
     */
    public static Parameters of(Collection<StoredTensor> tensors, long seed, Device device, DType dtype) {
        Parameters parameters = new Parameters(LoadedModel.weights(tensors, device, dtype), device, dtype);
        try {
            NativeTraining.weightsTrain(parameters.handle());
            NativeTraining.weightsInitialize(parameters.handle(), seed);
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Random weights that nobody trains, made on the device: a model's speed needs no others. Values are uniform, a
     * function of seed and name, and the same on every device.
     */
    public static Parameters frozen(long seed, Device device, DType dtype) {
        Parameters parameters = new Parameters(LoadedModel.weights(List.of(), device, dtype), device, dtype);
        try {
            NativeTraining.weightsInitialize(parameters.handle(), seed);
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** Where they live. */
    public Device device() {
        return device;
    }

    /** What their models compute in. */
    public DType dtype() {
        return dtype;
    }

    /** The names, sorted. */
    public List<String> names() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment name = arena.allocate(ValueLayout.ADDRESS);
            NativeTraining.weightsCount(count, handle());
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
                NativeTraining.weightsName(name, handle(), i);
                names.add(name.get(ValueLayout.ADDRESS, 0)
                        .reinterpret(Long.MAX_VALUE)
                        .getString(0));
            }
            return names;
        }
    }

    /**
     * One of them, sharing its storage; the caller closes it.
     *
     * @throws InvalidInputException if there is none of that name
     */
    public Tensor tensor(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return Tensor.create(out -> NativeTraining.weightsGet(out, handle(), text));
        }
    }

    /** For the other packages of irscale: the handle for a native call. */
    public MemorySegment handle() {
        return weights.handle();
    }

    @Override
    public void close() {
        weights.close();
    }
}
