package io.irscale.feature;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeAesthetic;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.tensor.TorchFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A head of linear layers that tells from a CLIP's image embedding how an image pleases, about 1 to 10: LAION's predictors
 * (LAION-AI/aesthetic-predictor, one layer; christophschuhmann/improved-aesthetic-predictor, five without activations
 * between). It computes in F32.
 */
public final class AestheticHead implements AutoCloseable {
    /** Where the improved predictor's linear layers stand; between them are dropouts. */
    private static final List<String> IMPROVED = List.of("layers.0", "layers.2", "layers.4", "layers.6", "layers.7");
    /** The only layer's name: its file has none. */
    private static final List<String> SINGLE = List.of("linear");

    private final LoadedModel model;
    private final int width;

    private AestheticHead(LoadedModel model, int width) {
        this.model = model;
        this.width = width;
    }

    /**
     * Loads the published {@code sac+logos+ava1-l14-linearMSE.pth} or {@code sa_0_4_vit_l_14_linear.pth}, or files of the
     * same names and other widths.
     *
     * @param file {@code *.pth} or {@code *.pt}, see {@link TorchFile}, else {@code *.safetensors}
     * @throws InvalidInputException if the file cannot be read, or names, shapes or values are not such a head's
     */
    public static AestheticHead open(Path file, Device device) {
        if (TorchFile.isNamedSo(file)) {
            TorchFile opened = TorchFile.open(file);
            return of(file, opened.tensors(), opened, device);
        }
        Checkpoint opened = Checkpoint.open(file);
        return of(file, opened.tensors(), opened, device);
    }

    private static AestheticHead of(Path file, Map<String, StoredTensor> stored, AutoCloseable memory, Device device) {
        try (Arena arena = Arena.ofConfined()) {
            boolean single = stored.containsKey("weight");
            List<String> names = single ? SINGLE : IMPROVED;
            Map<String, StoredTensor> weights = single ? named(stored) : stored;
            requireNoOtherLayers(file, names, weights);
            int[] widths = widths(file, names, weights);
            MemorySegment texts = arena.allocate(ValueLayout.ADDRESS, names.size());
            for (int i = 0; i < names.size(); i++) {
                texts.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(names.get(i)));
            }
            MemorySegment sizes = arena.allocateFrom(ValueLayout.JAVA_INT, widths);
            LoadedModel model = LoadedModel.create(
                    file,
                    weights.values(),
                    memory,
                    device,
                    DType.F32,
                    (out, set) -> NativeAesthetic.create(out, names.size(), texts, sizes, set),
                    NativeAesthetic::free);
            return new AestheticHead(model, widths[0]);
        } catch (RuntimeException e) {
            LoadedModel.release(memory, e);
            throw e;
        }
    }

    private static Map<String, StoredTensor> named(Map<String, StoredTensor> stored) {
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> {
            String full = SINGLE.getFirst() + "." + name;
            named.put(full, new StoredTensor(full, tensor.dtype(), tensor.shape(), tensor.data(), tensor.file()));
        });
        return named;
    }

    // Where other layers stand is unknown what lies between, such as activations.
    private static void requireNoOtherLayers(Path file, List<String> names, Map<String, StoredTensor> weights) {
        List<String> found = weights.keySet().stream()
                .filter(name -> name.endsWith(".weight"))
                .map(name -> name.substring(0, name.length() - ".weight".length()))
                .toList();
        if (!found.containsAll(names) || found.size() > names.size()) {
            throw new InvalidInputException(file + ": its layers are "
                    + (found.isEmpty() ? "none" : String.join(", ", found.subList(0, Math.min(found.size(), 8))))
                    + "; an aesthetic head has one linear layer, or " + String.join(", ", IMPROVED));
        }
    }

    private static int[] widths(Path file, List<String> names, Map<String, StoredTensor> weights) {
        List<Integer> widths = new ArrayList<>();
        for (String name : names) {
            List<Long> shape =
                    Objects.requireNonNull(weights.get(name + ".weight")).shape();
            if (shape.size() != 2 || shape.get(1) < 1 || shape.get(1) > Integer.MAX_VALUE) {
                throw new InvalidInputException(
                        file + ": " + name + ".weight has shape " + shape + ", expected [out, in] of a linear layer");
            }
            widths.add(shape.get(1).intValue());
        }
        widths.add(1);
        return widths.stream().mapToInt(Integer::intValue).toArray();
    }

    /** How wide the embeddings are that it takes. */
    public int width() {
        return width;
    }

    /** Scores (N, 1) in F32 of image embeddings (N, width) of unit length. */
    public Tensor score(Tensor embeddings) {
        return Tensor.create(out -> NativeAesthetic.score(out, model.handle(), embeddings.handle()));
    }

    @Override
    public void close() {
        model.close();
    }
}
