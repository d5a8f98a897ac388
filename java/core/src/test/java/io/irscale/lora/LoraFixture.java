package io.irscale.lora;

import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.text.ClipConfig;
import io.irscale.text.ClipLoraNames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A LoRA file in the making, for a FLUX of width 64 with two double and two single blocks, and a CLIP of width 40. */
final class LoraFixture implements AutoCloseable {
    static final LoraModules FLUX =
            FluxLoraNames.modules(new FluxConfig(16, 16, 2, 2, 4, 16, 48, 40, true, List.of(4, 6, 6)));
    static final LoraModules CLIP = ClipLoraNames.modules(new ClipConfig.Tower(40, 3, 4, 96, 0, 1e-5));

    final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    final Map<String, String> metadata = new LinkedHashMap<>();
    private final Arena arena = Arena.ofConfined();
    private final Random random = new Random(7);
    private final Path file;

    LoraFixture(Path folder) {
        file = folder.resolve("lora.safetensors");
    }

    /** Random values. */
    LoraFixture put(String name, long... shape) {
        return put(name, DType.F32, shape);
    }

    LoraFixture put(String name, DType dtype, long... shape) {
        int elements = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        MemorySegment data = arena.allocate((long) elements * dtype.bytes(), Long.BYTES);
        if (dtype == DType.F32) {
            for (int i = 0; i < elements; i++) {
                data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
        }
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        tensors.put(name, new StoredTensor(name, dtype, sizes, data, file));
        return this;
    }

    /** One F32 element. */
    LoraFixture scalar(String name, float value) {
        put(name);
        tensor(name).data().set(ValueLayout.JAVA_FLOAT, 0, value);
        return this;
    }

    StoredTensor tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    Path write() {
        SafetensorsWriter.write(file, tensors.values(), metadata);
        return file;
    }

    LoraFile open() {
        return LoraFile.open(write());
    }

    /** B A scale in double precision, row-major, from F32 factors. */
    static double[] product(StoredTensor a, StoredTensor b, double scale) {
        int rank = Math.toIntExact(a.shape().get(0));
        int in = Math.toIntExact(a.shape().get(1));
        int out = Math.toIntExact(b.shape().get(0));
        double[] product = new double[out * in];
        for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
                for (int k = 0; k < rank; k++) {
                    product[i * in + j] += scale * value(b, i * rank + k) * value(a, k * in + j);
                }
            }
        }
        return product;
    }

    static LoraTerm.LowRank lowRank(LoraUpdate update) {
        return (LoraTerm.LowRank) update.term();
    }

    static double[] product(LoraUpdate update) {
        LoraTerm.LowRank term = lowRank(update);
        return product(term.a(), term.b(), update.scale());
    }

    static double value(StoredTensor tensor, long index) {
        return tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES);
    }

    @Override
    public void close() {
        arena.close();
    }
}
