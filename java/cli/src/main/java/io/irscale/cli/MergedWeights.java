package io.irscale.cli;

import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.LoraTarget;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** A model's tensors, those that LoRAs change replaced. Layers are merged one by one, so only results take memory. */
final class MergedWeights implements AutoCloseable {
    private final Map<String, StoredTensor> tensors;
    private final Interruption interruption;
    private final List<Tensor> merged = new ArrayList<>();

    MergedWeights(Map<String, StoredTensor> tensors, Interruption interruption) {
        tensors.values().stream().filter(MergedWeights::isNarrow).findFirst().ifPresent(tensor -> {
            throw new InvalidInputException(
                    "%s: tensor '%s' is %s; merge into weights of 16 bits or more, or give the LoRA to"
                                    .formatted(tensor.file(), tensor.name(), tensor.format())
                            + " generate");
        });
        this.tensors = new LinkedHashMap<>(tensors);
        this.interruption = interruption;
    }

    // Fewer bits would lose most of what a LoRA adds.
    private static boolean isNarrow(StoredTensor tensor) {
        return tensor.quantization().isPresent()
                || (tensor.dtype().isFloat() && tensor.dtype().bytes() < Short.BYTES);
    }

    /** What to merge in: F32, unless the files are BF16 throughout, where rounding once gives the same. */
    DType dtype() {
        return tensors.values().stream().allMatch(tensor -> tensor.dtype() == DType.BF16) ? DType.BF16 : DType.F32;
    }

    /**
     * Merges every layer, bias and norm that the LoRAs update.
     *
     * @param merge sets the loaded model to its own values plus updates
     * @param parameter a weight, bias or norm as it is then
     */
    void merge(
            OpenLoras loras,
            LoraTarget target,
            Consumer<List<DeviceLora.Applied>> merge,
            Function<String, Tensor> parameter) {
        DType dtype = dtype();
        for (String module : loras.modules(target)) {
            interruption.check(NewFolder.LEFT);
            merge(loras.upload(target, module, dtype), Set.of(module + ".weight"), merge, parameter);
        }
        merge(loras.uploadVectors(target, dtype), loras.parameters(target), merge, parameter);
    }

    private void merge(
            List<DeviceLora.Applied> updates,
            Set<String> changed,
            Consumer<List<DeviceLora.Applied>> merge,
            Function<String, Tensor> parameter) {
        try {
            merge.accept(updates);
        } finally {
            updates.forEach(update -> update.lora().close());
        }
        for (String name : changed) {
            try (Tensor computed = parameter.apply(name)) {
                replace(find(name), computed);
            }
        }
    }

    private void replace(StoredTensor old, Tensor computed) {
        Tensor rounded = computed.to(Device.CPU, old.dtype());
        merged.add(rounded);
        tensors.put(old.name(), new StoredTensor(old.name(), old.dtype(), old.shape(), rounded.memory(), old.file()));
    }

    // transformers before 5 saved CLIP's text encoder with a prefix.
    private StoredTensor find(String parameter) {
        return Stream.of(parameter, "text_model." + parameter)
                .flatMap(name -> Stream.ofNullable(tensors.get(name)))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("the model's files hold no tensor " + parameter));
    }

    /** Writes all tensors; {@code loras} and the range that they were trained on go into the header beside {@code metadata}. */
    void write(Path file, Map<String, String> metadata, OpenLoras loras) {
        Map<String, String> header = new LinkedHashMap<>(metadata);
        header.putIfAbsent("format", "pt");
        header.put("irscale_loras", loras.describe());
        loras.range().ifPresent(range -> header.put(CountRange.KEY, range.toString()));
        SafetensorsWriter.write(file, tensors.values(), header);
    }

    @Override
    public void close() {
        merged.forEach(Tensor::close);
    }
}
