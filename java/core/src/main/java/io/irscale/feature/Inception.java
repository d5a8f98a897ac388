package io.irscale.feature;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeInception;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.tensor.TorchFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The Inception v3 of FID, up to pool3: the network of 2015 as pytorch-fid has it ({@code inception.py}), whose average
 * pools do not count padding, and whose last block pools the largest. It computes in F32.
 */
public final class Inception implements AutoCloseable {
    private final LoadedModel model;
    private final Map<String, StoredTensor> weights;

    private Inception(LoadedModel model, Map<String, StoredTensor> weights) {
        this.model = model;
        this.weights = weights;
    }

    /**
     * Loads the published {@code pt_inception-2015-12-05-6726825d.pth}, or a safetensors file of the same names.
     *
     * @param file {@code *.pth} or {@code *.pt}, see {@link TorchFile}, else {@code *.safetensors}
     * @throws InvalidInputException if the file cannot be read, or names, shapes or values are not this network's
     */
    public static Inception open(Path file, Device device) {
        return TorchFile.isNamedSo(file) ? ofTorch(file, device) : ofSafetensors(file, device);
    }

    private static Inception ofTorch(Path file, Device device) {
        TorchFile opened = TorchFile.open(file);
        return of(file, opened.tensors(), opened, device);
    }

    private static Inception ofSafetensors(Path file, Device device) {
        Checkpoint opened = Checkpoint.open(file);
        return of(file, opened.tensors(), opened, device);
    }

    private static Inception of(Path file, Map<String, StoredTensor> stored, AutoCloseable memory, Device device) {
        Map<String, StoredTensor> weights = new LinkedHashMap<>(stored);
        // Training's count of batches, an integer.
        weights.keySet().removeIf(name -> name.endsWith(".num_batches_tracked"));
        try {
            LoadedModel model = LoadedModel.create(
                    file, weights.values(), memory, device, DType.F32, NativeInception::create, NativeInception::free);
            return new Inception(model, Collections.unmodifiableMap(weights));
        } catch (RuntimeException e) {
            LoadedModel.release(memory, e);
            throw e;
        }
    }

    /** The weights by name; valid until this is closed. */
    public Map<String, StoredTensor> weights() {
        return weights;
    }

    /** Pixels (N, 3, 299, 299) in [-1, 1], see {@link InceptionPixels}, to pool3's features (N, 2048) in F32. */
    public Tensor embed(Tensor pixels) {
        return Tensor.create(out -> NativeInception.embed(out, model.handle(), pixels.handle()));
    }

    @Override
    public void close() {
        model.close();
    }
}
